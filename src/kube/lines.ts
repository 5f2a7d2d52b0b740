const NEWLINE = 0x0a;

/**
 * Splits a byte stream into its lines, wherever the chunks are cut; blank lines are left out.
 * Throws a RangeError for a line over `maxBytes`, a TypeError for one that is not UTF-8, and a SyntaxError when
 * the stream ends inside a line: half an event must not pass for the end of the stream.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  // A decoder without `stream` keeps nothing between calls.
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let parts: Uint8Array[] = [];
  let size = 0;
  const hold = (part: Uint8Array): void => {
    size += part.length;
    if (size > maxBytes) throw new RangeError(`a line is longer than ${maxBytes} bytes`);
    if (part.length > 0) parts.push(part);
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      const line = utf8.decode(Buffer.concat(parts)).trim();
      parts = [];
      size = 0;
      if (line !== "") yield line;
    }
    hold(chunk.subarray(start));
  }
  if (size > 0) throw new SyntaxError("the stream ended in the middle of a line");
}
