package dev.millrace.api.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EntityTagsTest {

  @Test
  void weak_comparison_compares_the_text_only() {
    assertThat(EntityTags.namesWeakly("\"a\"", "W/\"a\"")).isTrue();
    assertThat(EntityTags.namesWeakly("W/\"x\", W/\"a\"", "W/\"a\"")).isTrue();
    assertThat(EntityTags.namesWeakly("\"x\",\"a\"", "\"a\"")).isTrue();
    assertThat(EntityTags.namesWeakly(" * ", "\"a\"")).isTrue();
    assertThat(EntityTags.namesWeakly("\"ab\", a, \"b,a\"", "\"a\"")).isFalse();
    assertThat(EntityTags.namesWeakly(null, "\"a\"")).isFalse();
    assertThat(EntityTags.namesWeakly("", "\"a\"")).isFalse();
  }

  @Test
  void strong_comparison_takes_no_weak_tag() {
    assertThat(EntityTags.namesStrongly("\"7\"", "\"7\"")).isTrue();
    assertThat(EntityTags.namesStrongly("\"6\", \"7\"", "\"7\"")).isTrue();
    assertThat(EntityTags.namesStrongly("*", "\"7\"")).isTrue();
    assertThat(EntityTags.namesStrongly("W/\"7\"", "\"7\"")).isFalse();
    assertThat(EntityTags.namesStrongly("7", "\"7\"")).isFalse();
  }
}
