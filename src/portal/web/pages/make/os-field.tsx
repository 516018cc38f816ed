import { Combobox, InputBase, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { catalogueImages } from '../../generated/sdk.gen';
import { useT } from '../../i18n/words';
import type { Need } from './draft';
import { useMakeWords } from './words';

/** Systems that every cloud has, offered before any catalogue is read. */
const COMMON = ['ubuntu', 'debian', 'rocky'];

export const osName = (family: string, version: string): string => `${family.charAt(0).toUpperCase()}${family.slice(1)}${version === '' ? '' : ` ${version}`}`;

/** The operating system, found in the images of all clouds as one types. */
export function OsField({ need, change }: { need: Need; change(part: Partial<Need>): void }) {
  const t = useMakeWords();
  const say = useT();
  const box = useCombobox({ onDropdownClose: () => { box.resetSelectedOption(); setSearch(''); } });
  const [search, setSearch] = useState('');
  const [wanted] = useDebouncedValue(search.trim(), 250);
  const { data, isFetching } = useQuery({
    queryKey: ['images', 'systems', wanted], staleTime: 60_000, placeholderData: keepPreviousData, enabled: box.dropdownOpened,
    queryFn: () => catalogueImages({ query: { ...(wanted !== '' && { q: wanted }), sort: 'newest', pageSize: 200 } }),
  });
  const places = new Map<string, Set<string>>();
  for (const { osFamily, osVersion, connection, region } of data?.items ?? []) {
    const key = `${osFamily} ${osVersion}`;
    places.set(key, (places.get(key) ?? new Set()).add(`${connection}/${region}`));
  }
  const families = [...new Set([...(wanted === '' ? COMMON : []), ...[...places.keys()].map((key) => key.split(' ')[0] as string)])].sort();
  const options = families.flatMap((family) => [{ family, version: '', count: 0 }, ...[...places].filter(([key]) => key.startsWith(`${family} `)).map(([key, where]) => ({ family, version: key.slice(family.length + 1), count: where.size })).filter(({ version }) => version !== '').sort((one, other) => other.version.localeCompare(one.version, 'en', { numeric: true }))]);
  const take = (value: string): void => {
    const [family, ...version] = value.split(' ');
    change({ osFamily: family as string, osVersion: version.join(' '), places: need.places.map((place) => ({ ...place, image: null, spec: null })) });
    box.closeDropdown();
  };
  const shown = need.osVersion === '' ? t('os.newest', { os: osName(need.osFamily, '') }) : osName(need.osFamily, need.osVersion);
  return (
    <Combobox store={box} onOptionSubmit={take}>
      <Combobox.Target>
        <InputBase label={t('need.os')} description={t('need.osHelp')} value={box.dropdownOpened ? search : shown} placeholder={shown} rightSection={isFetching ? <Loader size={14} aria-hidden /> : <Combobox.Chevron />} rightSectionPointerEvents="none" onChange={(event) => { setSearch(event.currentTarget.value); box.openDropdown(); box.updateSelectedOptionIndex(); }} onFocus={() => box.openDropdown()} onClick={() => box.openDropdown()} onBlur={() => box.closeDropdown()} required />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={t('need.os')}>
          {options.map(({ family, version, count }) => (
            <Combobox.Option key={`${family} ${version}`} value={`${family} ${version}`.trim()} active={family === need.osFamily && version === need.osVersion}>
              {version === '' ? <Text size="sm" fw={600}>{t('os.newest', { os: osName(family, '') })}</Text> : <Text size="sm" pl="sm">{osName(family, version)} <Text span size="xs" c="dimmed">{t('os.places', { count })}</Text></Text>}
            </Combobox.Option>
          ))}
          {options.length === 0 && <Combobox.Empty>{say('list.nothing')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
