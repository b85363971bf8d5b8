package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.ApiFixture.Answer;
import dev.millrace.json.Json;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The column mapping of a supplier's sheet. */
class MappingTest {
  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  /** The path of the mapping of a new supplier. */
  private String mapping() {
    api.sql("INSERT INTO public.suppliers (code, name) VALUES ('a', 'Abel')");
    return "/api/admin/ingestion/suppliers/"
        + api.jdbi.withHandle(
            handle ->
                handle.select("SELECT id::text FROM public.suppliers").mapTo(String.class).one())
        + "/mapping";
  }

  @Test
  void a_mapping_is_set_replaced_and_deleted() {
    String path = mapping();
    assertThat(api.get(path).json().path("mapping")).isEmpty();
    assertThat(api.get(path).json().path("updated_at").isNull()).isTrue();
    String first = "{\"sku\": \"Art.-Nr.\", \"decimal\": \",\", \"hidden_rows\": true}";
    Answer put = api.put(path, first);
    assertThat(put.status()).as(put.response().body()).isEqualTo(200);
    assertThat(put.json().path("mapping")).isEqualTo(Json.tree(first));
    assertThat(Instant.parse(put.json().path("updated_at").asText()))
        .isAfter(Instant.now().minusSeconds(60));
    assertThat(api.put(path, "{\"price\": \"VK netto\"}").json().path("mapping"))
        .isEqualTo(Json.tree("{\"price\": \"VK netto\"}"));
    assertThat(api.get(path).json().path("mapping"))
        .isEqualTo(Json.tree("{\"price\": \"VK netto\"}"));
    assertThat(api.delete(path).status()).isEqualTo(204);
    assertThat(api.get(path).json().path("mapping")).isEmpty();
  }

  @Test
  void a_mapping_set_by_an_admin_replaces_that_of_the_master_sheet() {
    String path = mapping();
    api.sql(
        "INSERT INTO millrace.sync_mappings (supplier_id, mapping, of_master)"
            + " SELECT id::text, '{\"tab\": \"Prices\"}', true FROM public.suppliers");
    assertThat(api.get(path).json().path("set_by").asText()).isEqualTo("master_sheet");
    assertThat(api.put(path, "{\"sku\": \"No\"}").json().path("set_by").asText())
        .isEqualTo("admin");
    assertThat(api.delete(path).status()).isEqualTo(204);
    assertThat(api.get(path).json().path("set_by").isNull()).isTrue();
  }

  @Test
  void a_wrong_mapping_is_refused_with_field_value_and_allowed() {
    String path = mapping();
    for (String wrong :
        new String[] {"{\"decimal\": \";\"}", "{\"hidden_rows\": \"yes\"}", "{\"sku\": 7}"}) {
      Answer answer = api.put(path, wrong);
      assertThat(answer.status()).as(wrong).isEqualTo(422);
      JsonNode error = answer.json().at("/errors/0");
      assertThat(wrong).contains(error.path("pointer").asText().substring(1));
      assertThat(error.path("detail").asText()).contains("must be").contains(", was ");
    }
    JsonNode two = api.put(path, "{\"colour\": \"red\", \"tab\": \" \", \"sku\": \"No\"}").json();
    assertThat(two.findValuesAsText("pointer")).containsExactly("/colour", "/tab");
    assertThat(api.get(path).json().path("mapping")).isEmpty();
    String absent = "/api/admin/ingestion/suppliers/4711/mapping";
    assertThat(api.put(absent, "{}").status()).isEqualTo(404);
    assertThat(api.get(absent).status()).isEqualTo(404);
    assertThat(api.delete(absent).status()).isEqualTo(404);
    int stored =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select("SELECT count(*) FROM millrace.sync_mappings")
                    .mapTo(Integer.class)
                    .one());
    assertThat(stored).isZero();
  }
}
