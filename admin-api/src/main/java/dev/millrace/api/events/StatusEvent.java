package dev.millrace.api.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One change.
 *
 * @param name of the sort of thing that has changed
 * @param data its new state
 */
record StatusEvent(String name, JsonNode data) {

  /**
   * As it is sent. The last event alone carries the id: a client that has not got all of them
   * resumes before the first.
   */
  static byte[] text(List<StatusEvent> events, long id) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < events.size(); i++) {
      if (i == events.size() - 1) {
        text.append("id: ").append(id).append('\n');
      }
      text.append("event: ").append(events.get(i).name()).append('\n');
      text.append("data: ").append(Json.write(events.get(i).data())).append("\n\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
