package dev.millrace.drills.security;

import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.SerializedHandler;
import dev.millrace.drills.testbed.TestBed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Objects in Java's serialized form, which a careless library of a queue worker reads. */
final class SerializedObjects {
  private final TestBed testBed;

  SerializedObjects(TestBed testBed) {
    this.testBed = testBed;
  }

  void attack(Attempts attempts) {
    for (Serializable object : objects()) {
      long job =
          Work.enqueue(
              testBed, SerializedHandler.KIND, new SerializedHandler.Payload(bytes(object)));
      attempts.expect(
          "objects that were read from their serialized form",
          "refused",
          Work.result(testBed, job).path("read").asText());
    }
  }

  private static List<Serializable> objects() {
    ArrayList<Object> list = new ArrayList<>(List.of("harmless"));
    HashMap<Object, Object> map = new HashMap<>(Map.of("a", list));
    PriorityQueue<Object> queue = new PriorityQueue<>(List.of("a", "b"));
    return List.of(list, map, queue, new int[10], new String[] {"a"}, Thread.State.NEW);
  }

  private static String bytes(Serializable object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new DrillException("an object could not be written", e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
