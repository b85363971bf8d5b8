package dev.millrace.app.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentedStatusTest {
  @Test
  void a_call_is_preceded_by_the_statuses_of_its_comments() {
    assertThat(
            DocumentedStatus.inEach(
                """
                curl -X POST \\
                     $API/a
                # 202 {"id": "1"}
                # 409 {"code": "busy"}
                curl $API/b
                curl $API/c   # 204
                curl $API/d
                # {"status":"success"}; after 30 s: 202 {"status":"running"}"""))
        .isEqualTo(
            """
            documented=' 202 ' curl -X POST \\
                 $API/a
            # 202 {"id": "1"}
            # 409 {"code": "busy"}
            curl $API/b
            documented=' 204 ' curl $API/c   # 204
            documented=' 200 202 ' curl $API/d
            # {"status":"success"}; after 30 s: 202 {"status":"running"}""");
  }

  @Test
  void a_block_fails_when_an_answer_has_another_status(@TempDir Path directory) throws Exception {
    try (Shell shell = new Shell(directory, Map.of())) {
      // A curl that answers 200 to everything.
      shell.run("command() { printf 200; }\ncurl http://any   # 200");
      assertThatThrownBy(() -> shell.run("curl http://any\n# 202 {}"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("200 answered to: curl http://any");
    }
  }
}
