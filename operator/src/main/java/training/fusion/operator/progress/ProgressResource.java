package training.fusion.operator.progress;

import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ProgressReport;

/** {@code POST /v1/progress}: a trainer's report, with its pod's token as bearer. */
@Path("/v1/progress")
public class ProgressResource {
  private static final String BEARER = "Bearer ";
  private static final Duration KEYS_AGAIN = Duration.ofSeconds(10);

  private final TokenVerifier tokens;
  private final ReportIntake intake;
  private final MeterRegistry meters;

  ProgressResource(TokenVerifier tokens, ReportIntake intake, MeterRegistry meters) {
    this.tokens = tokens;
    this.intake = intake;
    this.meters = meters;
  }

  /** Takes a report of at most 16 KiB; a longer one is refused before it is read. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.TEXT_PLAIN)
  @Blocking
  public Response report(
      @HeaderParam(HttpHeaders.AUTHORIZATION) @Nullable String authorization,
      @HeaderParam("Origin") @Nullable String origin,
      byte[] body) {
    // no trainer is a page in a browser
    Answer answer =
        origin == null
            ? answer(authorization, body)
            : Answer.foreign("a page does not report: a request with an Origin is refused");
    meters.counter("fusion.reports", "code", String.valueOf(answer.code())).increment();
    var response = Response.status(answer.code()).entity(answer.message() + "\n");
    if (answer.code() == Response.Status.UNAUTHORIZED.getStatusCode()) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, BEARER.strip());
    }
    if (answer.retryAfter() != null) {
      response.header(HttpHeaders.RETRY_AFTER, seconds(answer.retryAfter()));
    }
    return response.build();
  }

  private Answer answer(@Nullable String authorization, byte[] body) {
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return Answer.unproved("a report needs its pod's token as bearer");
    }
    try {
      PodIdentity sender = tokens.verify(authorization.substring(BEARER.length()).strip());
      ProgressReport report = ReportFormat.read(body);
      return intake.take(sender, report);
    } catch (TokenRefused e) {
      return Answer.unproved(String.valueOf(e.getMessage()));
    } catch (ReportFormat.Malformed e) {
      return Answer.malformed(String.valueOf(e.getMessage()));
    } catch (KeysUnavailable e) {
      return Answer.unavailable(String.valueOf(e.getMessage()), KEYS_AGAIN);
    }
  }

  private static long seconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
