/** What a certificate and a request for one are written in: DER, each value as its tag, its length and its content. */
const of = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};

/** A number of at most seven bits. */
export const integer = (value: number): Buffer => of(0x02, Buffer.from([value]));
export const sequence = (...parts: Buffer[]): Buffer => of(0x30, ...parts);
export const set = (...parts: Buffer[]): Buffer => of(0x31, ...parts);
export const text = (value: string): Buffer => of(0x0c, Buffer.from(value, 'utf8'));
export const octets = (content: Buffer): Buffer => of(0x04, content);
/** Whole bytes, no bit of the last unused. */
export const bits = (content: Buffer): Buffer => of(0x03, Buffer.from([0]), content);
/** A part that its place tells apart: `[n]`, of other values or of plain bytes. */
export const tagged = (place: number, content: Buffer, plain = false): Buffer => of((plain ? 0x80 : 0xa0) + place, content);
export const value = of;

/** An object identifier, e.g. `2.5.4.3`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return of(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

/** A name of these parts, in this order. */
export const nameOf = (...parts: [type: 'organization' | 'common name', value: string][]): Buffer =>
  sequence(...parts.map(([type, words]) => set(sequence(identifier(type === 'organization' ? '2.5.4.10' : '2.5.4.3'), text(words)))));

/** ECDSA with SHA-256, by which all here is signed. */
export const ALGORITHM = sequence(identifier('1.2.840.10045.4.3.2'));

/** The form in which such things are sent. */
export const pem = (label: string, der: Buffer): string => `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
