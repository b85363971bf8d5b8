package dev.millrace.bench.report;

import java.util.List;
import java.util.Locale;

/** A picture of the jobs drained a second: a bar a system, its runs as dots. */
final class Plot {
  private static final String WHAT = "drain_per_s";
  private static final int WIDTH = 720;
  private static final int LEFT = 150;
  private static final int RIGHT = 90;
  private static final int TOP = 40;
  private static final int ROW = 34;
  private static final int BAR = 22;

  private final List<Figure> rows;

  Plot(Figures figures) {
    this.rows = figures.all().stream().filter(figure -> figure.what().equals(WHAT)).toList();
  }

  /** SVG 1.1; an empty frame when no drain was measured. */
  String svg() {
    double most = rows.stream().mapToDouble(Figure::most).max().orElse(1);
    StringBuilder svg = new StringBuilder(2_000);
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n"
            .formatted(WIDTH, TOP + ROW * rows.size() + 10));
    svg.append(
        "<text x=\"10\" y=\"22\" font-size=\"15\">No-op jobs drained a second, process start included</text>\n");
    for (int i = 0; i < rows.size(); i++) {
      row(svg, rows.get(i), TOP + ROW * i, (WIDTH - LEFT - RIGHT) / most);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void row(StringBuilder svg, Figure figure, int y, double scale) {
    double end = LEFT + figure.median() * scale;
    int middle = y + BAR / 2;
    String colour = figure.system().startsWith("millrace") ? "#1f6f8b" : "#b9c4cc";
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n"
                + "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n"
                + "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
            LEFT - 8,
            middle + 5,
            figure.system(),
            LEFT,
            y,
            end - LEFT,
            BAR,
            colour,
            Math.max(end, LEFT + figure.most() * scale) + 8,
            middle + 5,
            Numbers.text(figure.median())));
    for (double value : figure.values()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%d\" r=\"2.5\" fill=\"#333\"/>%n",
              LEFT + value * scale,
              middle));
    }
  }
}
