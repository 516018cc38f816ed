/** A piece of a word: text, a variable or a command whose output takes its place. Only unquoted pieces are split at blanks. */
export type Part = { quoted: boolean } & ({ text: string } | { variable: string } | { command: string });
export type Word = Part[];

export interface Redirect {
  /** 1 is standard output, 2 standard error, 0 standard input. */
  stream: 0 | 1 | 2;
  /** A file, or the stream that it joins. */
  to: Word | 1 | 2;
}
export interface Command { words: Word[]; redirects: Redirect[] }
/** Commands joined by `|`, and when they run: always, after success or after failure of what stood before. */
export interface Pipeline { when: 'always' | 'success' | 'failure'; commands: Command[] }

/** What the small grammar does not hold; bash would exit with 2. */
export class SyntaxProblem extends Error {}

const NAME = /[A-Za-z_][A-Za-z0-9_]*|[?$#0-9]/y;

class Reader {
  at = 0;
  constructor(readonly text: string) {}
  peek = (length = 1): string => this.text.slice(this.at, this.at + length);
  get done(): boolean { return this.at >= this.text.length; }

  /** Reads to the end of `$(…)`; the opening is already read. */
  untilClosing(): string {
    const start = this.at;
    for (let depth = 1; !this.done; this.at += 1) {
      const letter = this.peek();
      if (letter === "'" || letter === '"') this.at = Math.max(this.at, this.text.indexOf(letter, this.at + 1));
      if (letter === '(') depth += 1;
      if (letter === ')' && (depth -= 1) === 0) return this.text.slice(start, this.at++);
    }
    throw new SyntaxProblem('unexpected end of file while looking for matching `)\'');
  }

  until(mark: string): string {
    const end = this.text.indexOf(mark, this.at);
    if (end < 0) throw new SyntaxProblem(`unexpected end of file while looking for matching \`${mark}'`);
    const found = this.text.slice(this.at, end);
    this.at = end + 1;
    return found;
  }

  /** Reads what follows a `$`. */
  dollar(quoted: boolean): Part {
    if (this.peek() === '(') {
      this.at += 1;
      if (this.peek() === '(') throw new SyntaxProblem('arithmetic is not available on this simulated VM');
      return { quoted, command: this.untilClosing() };
    }
    if (this.peek() === '{') {
      this.at += 1;
      const variable = this.until('}');
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) throw new SyntaxProblem(`\${${variable}}: bad substitution`);
      return { quoted, variable };
    }
    NAME.lastIndex = this.at;
    const name = NAME.exec(this.text)?.[0];
    if (name === undefined) return { quoted, text: '$' };
    this.at += name.length;
    return { quoted, variable: name };
  }

  word(): Word {
    const parts: Part[] = [];
    const add = (text: string, quoted: boolean): void => {
      const last = parts.at(-1);
      if (last && 'text' in last && last.quoted === quoted) last.text += text;
      else parts.push({ quoted, text });
    };
    while (!this.done && !/[\s;|&<>()]/.test(this.peek())) {
      const letter = this.peek();
      this.at += 1;
      if (letter === "'") add(this.until("'"), true);
      else if (letter === '\\') { add(this.peek(), true); this.at += 1; }
      else if (letter === '`') parts.push({ quoted: false, command: this.until('`') });
      else if (letter === '$') parts.push(this.dollar(false));
      else if (letter === '"') {
        add('', true);
        while (this.peek() !== '"') {
          if (this.done) throw new SyntaxProblem('unexpected end of file while looking for matching `"\'');
          const inner = this.peek();
          this.at += 1;
          if (inner === '\\' && /["\\$`]/.test(this.peek())) { add(this.peek(), true); this.at += 1; }
          else if (inner === '`') parts.push({ quoted: true, command: this.until('`') });
          else if (inner === '$') parts.push(this.dollar(true));
          else add(inner, true);
        }
        this.at += 1;
      } else add(letter, false);
    }
    return parts;
  }

  blanks(): void {
    while (/[^\S\n]/.test(this.peek())) this.at += 1;
    if (this.peek(2) === '\\\n') { this.at += 2; this.blanks(); }
  }

  /** One redirect, or the two of `&>`. */
  redirect(): Redirect[] | undefined {
    const mark = /^(?:([012])?(>>|>|<)(&[12])?|(&>>?))/.exec(this.text.slice(this.at, this.at + 5));
    if (!mark) return undefined;
    this.at += mark[0].length;
        const stream = mark[1] ? (Number(mark[1]) as 0 | 1 | 2) : mark[2] === '<' ? 0 : 1;
    if (mark[3]) return [{ stream, to: mark[3] === '&1' ? 1 : 2 }];
    this.blanks();
    const to = this.word();
    if (to.length === 0) throw new SyntaxProblem('syntax error near unexpected token `newline\'');
    return mark[4] ? [{ stream: 1, to }, { stream: 2, to: 1 }] : [{ stream, to }];
  }
}

/** Reads one line or script: words, quotes, `$NAME`, `$(…)`, backticks, `|`, `;`, `&&`, `||`, `>`, `2>&1` and comments. @throws SyntaxProblem */
export function parse(text: string): Pipeline[] {
  const reader = new Reader(text);
  const pipelines: Pipeline[] = [];
  let current: Pipeline = { when: 'always', commands: [{ words: [], redirects: [] }] };
  const last = (): Command => current.commands.at(-1) ?? { words: [], redirects: [] };
  const isEmpty = (): boolean => last().words.length === 0 && last().redirects.length === 0;
  const finish = (mark: string, when: Pipeline['when']): void => {
    if (isEmpty() && mark === '\n' && current.commands.length === 1) return;
    if (!isEmpty()) pipelines.push(current);
    else throw new SyntaxProblem(`syntax error near unexpected token \`${mark}'`);
    current = { when, commands: [{ words: [], redirects: [] }] };
  };
  for (;;) {
    reader.blanks();
    if (reader.done) break;
    const two = reader.peek(2);
    const one = reader.peek();
    const redirect = two === '&&' ? undefined : reader.redirect();
    if (redirect) last().redirects.push(...redirect);
    else if (two === '&&' || two === '||') { reader.at += 2; finish(two, two === '&&' ? 'success' : 'failure'); }
    else if (one === ';' || one === '\n') { reader.at += 1; finish(one, 'always'); }
    else if (one === '|') {
      reader.at += 1;
      if (isEmpty()) throw new SyntaxProblem('syntax error near unexpected token `|\'');
      current.commands.push({ words: [], redirects: [] });
    } else if (one === '#') while (!reader.done && reader.peek() !== '\n') reader.at += 1;
    else if (one === '&' || one === '(' || one === ')') throw new SyntaxProblem(`syntax error near unexpected token \`${one}'`);
    else last().words.push(reader.word());
  }
  if (!isEmpty()) pipelines.push(current);
  else if (current.when !== 'always' || current.commands.length > 1) throw new SyntaxProblem('syntax error: unexpected end of file');
  return pipelines;
}
