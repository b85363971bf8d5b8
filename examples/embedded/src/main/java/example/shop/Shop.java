package example.shop;

import dev.millrace.app.Millrace;
import dev.millrace.job.NewJob;
import org.postgresql.ds.PGSimpleDataSource;

/** A program whose process runs Millrace as well: nothing else has to be started or stopped. */
public final class Shop {
  private Shop() {}

  /** Takes one order. {@code DATABASE_URL} is a {@code jdbc:} address. */
  public static void main(String[] args) throws InterruptedException {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(System.getenv("DATABASE_URL"));
    SendReceipt receipts = new SendReceipt();
    try (Millrace millrace =
        Millrace.embedded(database, System.getenv("REDIS_URL")).handlers(receipts).start()) {
      millrace.jobs().enqueue(NewJob.of(SendReceipt.KIND, new SendReceipt.Payload("A-1")));
      receipts.awaitFirst();
    }
    System.out.println("the shop is closed");
  }
}
