import schema from 'mcmp:mci-schema';
import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';

/** `mcmp schema mci`: what an MCI document may say, for editors. */
export const schemaCommand: Command = {
  noun: 'schema', summary: 'Prints the JSON Schema of a document, by which editors complete and check it.',
  about: ['Save it beside your documents and begin them with: # yaml-language-server: $schema=mci.schema.json'],
  arguments: [{ name: 'DOCUMENT', required: false }], flags: [], operations: [], examples: ['schema mci >mci.schema.json'],
  async run({ arguments: [name = 'mci'], session }) {
    if (name !== 'mci') throw new Failure(EXIT.notFound, `there is no schema of "${name}"; there is mci`);
    session.terminal.result(JSON.stringify(schema, null, 2));
  },
};
