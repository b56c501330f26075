package org.telar.collector.integration.messages;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Posts to addresses that the site has allowed; 2xx is arrived. Never follows a redirection. */
public final class HttpCarrier implements Courier.Carrier {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final HttpClient client;

    /** @param tls our certificate, and the authorities we trust */
    public HttpCarrier(SSLContext tls) {
        this.client = HttpClient.newBuilder()
                .sslContext(tls)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public Destination.Kind kind() {
        return Destination.Kind.HTTP;
    }

    @Override
    public void carry(Courier.Letter letter) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(letter.destination()))
                .timeout(ANSWER)
                .header("Content-Type", letter.mediaType() + "; charset=utf-8")
                .header("X-Correlation-ID", letter.correlation().replaceAll("[^\\x21-\\x7E]", "_"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(letter.body()))
                .build();
        int status =
                client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 != 2) {
            throw new IOException(letter.destination() + " answered " + status);
        }
    }
}
