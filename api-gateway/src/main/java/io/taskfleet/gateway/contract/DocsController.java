package io.taskfleet.gateway.contract;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** The page on which people read and try the API: Swagger UI, and nothing from anywhere else. */
@RestController
final class DocsController {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=utf-8");
  private static final MediaType STYLE = MediaType.parseMediaType("text/css;charset=utf-8");
  private static final MediaType PAGE = MediaType.parseMediaType("text/html;charset=utf-8");

  private final Documents documents;
  private final SwaggerUi swaggerUi;

  DocsController(Documents documents, SwaggerUi swaggerUi) {
    this.documents = documents;
    this.swaggerUi = swaggerUi;
  }

  @GetMapping("/docs")
  ResponseEntity<byte[]> page(
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    return guarded(documents.answer("docs/index.html", PAGE, coding));
  }

  @GetMapping({"/docs/docs.css", "/docs/docs.js"})
  ResponseEntity<byte[]> own(
      HttpServletRequest request,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    String path = request.getRequestURI();
    return guarded(documents.answer(path.substring(1), typeOf(path), coding));
  }

  @GetMapping({"/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js", "/docs/favicon-32x32.png"})
  ResponseEntity<byte[]> swaggerUi(
      HttpServletRequest request,
      @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, required = false)
          @Nullable String coding) {
    String path = request.getRequestURI();
    String file = swaggerUi.folder() + path.substring(path.lastIndexOf('/'));
    return guarded(documents.answer(file, typeOf(path), coding));
  }

  private static MediaType typeOf(String path) {
    return switch (path.substring(path.lastIndexOf('.'))) {
      case ".js" -> SCRIPT;
      case ".css" -> STYLE;
      default -> MediaType.IMAGE_PNG;
    };
  }

  private static ResponseEntity<byte[]> guarded(ResponseEntity<byte[]> answer) {
    HttpHeaders headers = new HttpHeaders(answer.getHeaders());
    headers.set("Content-Security-Policy", POLICY);
    headers.set("Referrer-Policy", "no-referrer");
    return new ResponseEntity<>(answer.getBody(), headers, answer.getStatusCode());
  }
}
