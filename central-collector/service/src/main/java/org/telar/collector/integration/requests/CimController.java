package org.telar.collector.integration.requests;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.integration.messages.Courier;
import org.telar.collector.integration.messages.MessageJournal;

/** CIM over HTTP: plain XML, SOAP 1.1 and SOAP 1.2 at one address; and the journal of all channels. */
@RestController
@RequestMapping("/api/v1/cim")
class CimController {
    private static final int MAX_SIZE = 1_000;

    private final RequestDesk desk;
    private final MessageJournal journal;
    private final RequestLimits limits;

    /** @param bytes of one request */
    record RequestLimits(long bytes) {}

    /** One page, as everywhere in the API. */
    record Messages(List<MessageJournal.Entry> items, long total, int page, int size) {}

    CimController(RequestDesk desk, MessageJournal journal, RequestLimits limits) {
        this.desk = desk;
        this.journal = journal;
        this.limits = limits;
    }

    /** The reply comes in what the request came in; 400 only for what has no readable header. */
    @PostMapping(consumes = {"application/xml", "text/xml", "application/soap+xml"})
    ResponseEntity<byte[]> take(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes((int) Math.min(limits.bytes() + 1, Integer.MAX_VALUE));
        if (bytes.length > limits.bytes()) {
            return ResponseEntity.status(HttpStatus.CONTENT_TOO_LARGE).build();
        }
        RequestDesk.Immediate reply = desk.take(bytes, Channel.HTTP);
        return ResponseEntity.status(reply.fault() ? HttpStatus.BAD_REQUEST : HttpStatus.OK)
                .header("Content-Type", MessageJournal.mediaType(reply.wrap()) + ";charset=utf-8")
                .body(reply.body());
    }

    /** Newest first; by MessageID also what answers it. */
    @GetMapping("/messages")
    Messages list(
            @RequestParam(defaultValue = "") String messageId,
            @RequestParam(defaultValue = "") String order,
            @RequestParam(defaultValue = "") String meter,
            @RequestParam(defaultValue = "") String direction,
            @RequestParam(defaultValue = "") String noun,
            @RequestParam(defaultValue = "0") int page,
            @RequestParam(defaultValue = "100") int size) {
        if (page < 0 || size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("page starts at 0 and size is 1 to " + MAX_SIZE);
        }
        MessageJournal.Filter filter = new MessageJournal.Filter(messageId, order, meter, direction, noun);
        return new Messages(journal.list(filter, size, (long) page * size), journal.count(filter), page, size);
    }

    /** The message itself, while it is kept. */
    @GetMapping("/messages/{id}/body")
    ResponseEntity<?> body(@PathVariable long id) {
        Optional<byte[]> gzip = journal.bodyGz(id);
        if (gzip.isEmpty()) {
            return ResponseEntity.status(HttpStatus.NOT_FOUND)
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(Map.of(
                            "title",
                            "Not Found",
                            "status",
                            404,
                            "code",
                            "UNKNOWN_MESSAGE",
                            "detail",
                            "There is no message " + id + ", or its text is not kept any more."));
        }
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_XML).body(Courier.plain(gzip.get()));
    }
}
