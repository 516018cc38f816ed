import { stringify } from 'yaml';
import { AsCode } from '../../patterns/as-code';
import type { Body } from './draft';

/** The same request for a terminal or a program. */
export function MciAsCode({ body, project, verb }: { body: Body; project: string; verb: 'plan' | 'create' }) {
  const file = `${body.name || 'mci'}.yaml`;
  const cli = `cat > ${file} <<'EOF'\n${stringify(body, { lineWidth: 0 })}EOF\nmcmp mci create -f ${file}${project === 'default' ? '' : ` --project ${project}`} ${verb === 'plan' ? '--dry-run' : '--watch'}`;
  return <AsCode cli={cli} request={{ method: 'POST', path: `/v1/projects/${encodeURIComponent(project)}/mcis${verb === 'plan' ? '/plan' : ''}`, body, repeatable: verb === 'create' }} />;
}
