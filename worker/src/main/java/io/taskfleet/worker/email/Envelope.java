package io.taskfleet.worker.email;

import java.util.List;

/**
 * From whom to whom a mail goes, whatever its headers say; domains in their ASCII form.
 *
 * @param recipients each once
 * @param needsUtf8 whether an address in the mail has characters beyond ASCII before its @
 */
record Envelope(String sender, List<String> recipients, boolean needsUtf8) {}
