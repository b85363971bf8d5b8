package dev.millrace.db;

import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.MillraceException;
import dev.millrace.address.Address;
import dev.millrace.address.Host;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.ds.common.BaseDataSource;

/**
 * Where Postgres is, as {@code postgresql://user:password@host:port/database?options} or its {@code
 * jdbc:} form. The first follows libpq: escapes are decoded once, {@code +} is a plus, several
 * hosts may be named, and options have libpq's names or the driver's. The second is the driver's
 * own.
 *
 * @param jdbc the URL for the driver; without user and password unless it was given in this form
 * @param user empty: the driver's default
 * @param password never shown by {@link #toString}
 */
public record DatabaseUrl(String jdbc, Optional<String> user, Optional<String> password) {
  private static final int PORT = 5432;
  private static final String EXPECTED = "; expected postgresql://user:password@host:port/database";
  private static final Map<String, Integer> SCHEMES = Map.of("postgresql", PORT, "postgres", PORT);

  /** What libpq calls it, and what the driver does. Other names are the driver's already. */
  private static final Map<String, String> DRIVER_NAMES =
      Map.of(
          "application_name", "ApplicationName",
          "connect_timeout", "connectTimeout",
          "keepalives", "tcpKeepAlive",
          "channel_binding", "channelBinding",
          "target_session_attrs", "targetServerType",
          "require_auth", "requireAuth");

  private static final Map<String, String> SERVER_TYPES =
      Map.of(
          "any", "any",
          "read-write", "primary",
          "primary", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  /**
   * Reads either form.
   *
   * @throws MillraceException when it is neither; the message does not repeat a password
   */
  public static DatabaseUrl parse(String url) {
    if (url.startsWith("jdbc:postgresql:")) {
      return new DatabaseUrl(url, Optional.empty(), Optional.empty());
    }
    Address address;
    try {
      address = Address.parse(url, SCHEMES);
    } catch (MillraceException e) {
      throw new MillraceException(e.getMessage() + EXPECTED, e);
    }
    if (address.hosts().isEmpty()) {
      throw new MillraceException("the host is missing" + EXPECTED);
    }
    if (address.path().isEmpty()) {
      throw new MillraceException("the database after the host is missing" + EXPECTED);
    }
    Map<String, String> options = new LinkedHashMap<>(address.options());
    Optional<String> user = Optional.ofNullable(options.remove("user")).or(address::user);
    Optional<String> password =
        Optional.ofNullable(options.remove("password")).or(address::password);
    String hosts = address.hosts().stream().map(Host::toString).collect(Collectors.joining(","));
    String query =
        options.entrySet().stream()
            .map(option -> driverOption(option.getKey(), option.getValue()))
            .collect(Collectors.joining("&"));
    return new DatabaseUrl(
        "jdbc:postgresql://"
            + hosts
            + "/"
            + forDriver(address.path())
            + (query.isEmpty() ? "" : "?" + query),
        user,
        password);
  }

  /**
   * The address and login of a pool or of a data source of the driver.
   *
   * @throws MillraceException when they cannot be read from one of this class
   */
  public static DatabaseUrl of(DataSource source) {
    if (source instanceof HikariDataSource pool) {
      return pool.getJdbcUrl() == null && pool.getDataSource() != null
          ? of(pool.getDataSource())
          : new DatabaseUrl(
              String.valueOf(pool.getJdbcUrl()),
              Optional.ofNullable(pool.getUsername()),
              Optional.ofNullable(pool.getPassword()));
    }
    if (source instanceof BaseDataSource driver) {
      return new DatabaseUrl(
          driver.getUrl(),
          Optional.ofNullable(driver.getUser()),
          Optional.ofNullable(driver.getPassword()));
    }
    throw new MillraceException(
        "the address of a "
            + source.getClass().getName()
            + " cannot be read: give the address as text"
            + EXPECTED);
  }

  private static String driverOption(String name, String value) {
    String driverName = DRIVER_NAMES.getOrDefault(name, name);
    String driverValue =
        switch (name) {
          case "host", "hostaddr", "port", "dbname" ->
              throw new MillraceException(
                  "the option " + name + " cannot be used: it stands before the '?'" + EXPECTED);
          case "keepalives" -> String.valueOf(!value.equals("0"));
          case "target_session_attrs" -> {
            String type = SERVER_TYPES.get(value);
            if (type == null) {
              throw new MillraceException(
                  "the option target_session_attrs must be one of "
                      + String.join(", ", SERVER_TYPES.keySet().stream().sorted().toList()));
            }
            yield type;
          }
          default -> value;
        };
    return forDriver(driverName) + "=" + forDriver(driverValue);
  }

  /** The driver decodes as forms do, where {@code +} is a space. */
  private static String forDriver(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return jdbc.replaceAll("(?i)(passw(?:or)?d=)[^&]*", "$1***");
  }
}
