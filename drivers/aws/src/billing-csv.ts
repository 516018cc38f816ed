/** No row of a report is as long: a quote that nobody closes would take the whole file in. */
const LONGEST = 4 * 2 ** 20;
const QUOTE = 34, COMMA = 44, LINE = 10, RETURN = 13;

/**
 * Rows of a CSV text as they come (RFC 4180: quoted fields, doubled quotes, lines within quotes), never more than one piece of it held.
 * A row is given as its fields; empty lines are left out.
 * @param skip so many rows after the first one are passed over without a look at their fields, since only where they end counts.
 */
export async function* rowsOf(pieces: AsyncIterable<string>, skip = 0): AsyncGenerator<string[]> {
  let number = 0;
  for await (const line of linesOf(pieces)) {
    if (number === 0 || number > skip) yield fieldsOf(line);
    number += 1;
  }
}

/** Lines without their ends; a line end within quotes is none. */
async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let quoted = false;
  for await (const piece of pieces) {
    let begin = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      // A doubled quote ends the quotes and begins them again.
      if (code === QUOTE) quoted = !quoted;
      else if (code === LINE && !quoted) {
        const line = rest + piece.slice(begin, at);
        rest = '';
        begin = at + 1;
        const whole = line.charCodeAt(line.length - 1) === RETURN ? line.slice(0, -1) : line;
        if (whole !== '') yield whole;
      }
    }
    rest += piece.slice(begin);
    if (rest.length > LONGEST) throw new Error(`a row of more than ${LONGEST} characters`);
  }
  if (rest !== '') yield rest;
}

function fieldsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= line.length; at += 1) {
    if (line.charCodeAt(at) !== QUOTE) {
      const end = line.indexOf(',', at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      at = end < 0 ? line.length : end;
    } else {
      let end = line.indexOf('"', at + 1);
      while (end >= 0 && line.charCodeAt(end + 1) === QUOTE) end = line.indexOf('"', end + 2);
      const last = end < 0 ? line.length : end;
      fields.push(line.slice(at + 1, last).replaceAll('""', '"'));
      at = line.charCodeAt(last + 1) === COMMA ? last + 1 : line.length;
    }
  }
  return fields;
}
