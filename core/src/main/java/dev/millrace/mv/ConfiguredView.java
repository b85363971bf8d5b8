package dev.millrace.mv;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.json.Json;
import dev.millrace.json.JsonException;
import java.util.ArrayList;
import java.util.List;

/**
 * A view as the file of views has it: its settings, and the tables that ask for it.
 *
 * <pre>
 * {"views": [{"view": "mv_feed_projects", "max_lag_seconds": 60,
 *             "watch": [{"source": "public.projects", "method": "trigger"}]}]}
 * </pre>
 */
public record ConfiguredView(ViewRegistration settings, List<ViewWatch> watches) {
  public ConfiguredView {
    watches = List.copyOf(watches);
  }

  /**
   * Reads the text of a file.
   *
   * @throws IllegalArgumentException naming everything that is wrong with it
   */
  public static List<ConfiguredView> read(String json) {
    JsonNode root;
    try {
      root = Json.tree(json);
    } catch (JsonException e) {
      throw new IllegalArgumentException("must hold JSON: " + e.getMessage(), e);
    }
    if (!(root instanceof ObjectNode object)
        || !object.path("views").isArray()
        || object.size() != 1) {
      throw new IllegalArgumentException("must hold {\"views\": [{\"view\": \"…\", …}, …]}");
    }
    List<ConfiguredView> views = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    JsonNode list = object.path("views");
    for (int i = 0; i < list.size(); i++) {
      try {
        views.add(one(list.get(i)));
      } catch (JsonException | IllegalArgumentException e) {
        wrong.add("views[" + i + "]: " + e.getMessage());
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", wrong));
    }
    return views;
  }

  private static ViewRegistration registration(ObjectNode settings) {
    try {
      return Json.read(settings.toString(), ViewRegistration.class);
    } catch (JsonException e) {
      String reason = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          reason.startsWith("unknown field") ? reason + " and watch" : reason, e);
    }
  }

  private static ConfiguredView one(JsonNode node) {
    if (!(node instanceof ObjectNode object) || !object.path("view").isTextual()) {
      throw new IllegalArgumentException("needs the field 'view', the name of a view");
    }
    ObjectNode settings = object.deepCopy();
    List<ViewWatch> watches = new ArrayList<>();
    JsonNode listed = settings.remove("watch");
    if (listed != null) {
      if (!listed.isArray()) {
        throw new IllegalArgumentException("field 'watch' must be a list of {\"source\": …}");
      }
      for (JsonNode watch : listed) {
        if (!watch.path("source").isTextual()) {
          throw new IllegalArgumentException("each watch needs the field 'source', a table");
        }
        watches.add(Json.read(watch.toString(), ViewWatch.class));
      }
    }
    return new ConfiguredView(registration(settings), watches);
  }
}
