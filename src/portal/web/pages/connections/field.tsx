import { PasswordInput, Select, TextInput, Textarea } from '@mantine/core';
import { useSaid } from '../../i18n/said';
import type { Field } from './queries';

/** A driver's help; what stands between backticks is code. */
const Marked = ({ text }: { text: string }) => text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));

/** One field of a driver's form: secrets are not shown once they were left, nor kept by the browser; few values are chosen from; keys and files keep their lines. */
export function ManifestField({ field, value, change, leave, error }: { field: Field; value: string; change(value: string): void; leave(): void; error?: string | undefined }) {
  const said = useSaid();
  const shared = { label: said(field.label), description: field.help && <Marked text={said(field.help)} />, error, onBlur: leave, required: field.required, withAsterisk: field.required, name: field.name };
  if (field.values) return <Select {...shared} data={field.values} value={value === '' ? null : value} onChange={(next) => change(next ?? '')} clearable={!field.required && field.default === undefined} allowDeselect={!field.required} searchable={field.values.length > 8} />;
  const text = { ...shared, value, onChange: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value), spellCheck: false, autoCapitalize: 'none', placeholder: field.default };
  if (field.multiline) return <Textarea {...text} autosize minRows={4} maxRows={12} autoComplete="off" classNames={{ input: field.secret ? 'mono veiled' : 'mono' }} />;
  // Browsers keep what stands in fields of the kind "current password"; they leave alone what is said to be new.
  return field.secret ? <PasswordInput {...text} autoComplete="new-password" data-1p-ignore data-lpignore="true" /> : <TextInput {...text} autoComplete="off" />;
}
