package example.album;

import dev.millrace.job.HandlerPlugin;
import dev.millrace.job.JobHandler;
import java.util.List;

/** Named in META-INF/services: what a queue worker finds in this jar. */
public final class AlbumPlugin implements HandlerPlugin {
  @Override
  public List<JobHandler<?>> handlers(Context context) {
    return List.of(new ScalePicture(), new PublishAlbum());
  }
}
