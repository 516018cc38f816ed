import { describe, expect, it } from '@jest/globals';
import { addressOf, isWithin, rangeOf } from '../../src/connector/host/address.js';
import { databasePorts } from '../../src/connector/host/index.js';
import { readConfig } from '../../src/platform/config/config.js';
import { eventually, play, rig } from './fixtures/rig.js';

describe('an address', () => {
  it.each([
    ['169.254.169.254', '0:0:0:0:0:ffff:a9fe:a9fe'], ['::ffff:169.254.169.254', '0:0:0:0:0:ffff:a9fe:a9fe'], ['::FFFF:a9fe:A9FE', '0:0:0:0:0:ffff:a9fe:a9fe'], ['64:ff9b::169.254.169.254', '0:0:0:0:0:ffff:a9fe:a9fe'],
    ['::', '0:0:0:0:0:0:0:0'], ['::1', '0:0:0:0:0:0:0:1'], ['fd00:ec2::254', 'fd00:ec2:0:0:0:0:0:254'], ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'], ['1::8', '1:0:0:0:0:0:0:8'], ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, groups) => {
    expect(addressOf(text)?.map((group) => group.toString(16)).join(':')).toBe(groups);
  });

  it.each(['', '1', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1..3.4', '1.2.3.', 'a.b.c.d', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', ':::', '12345::', 'fe80::1%eth0', '1:2:3:4:5:6:7:1.2.3.4', ' ::1', '::1 ', ':1::', 'localhost'])('%p is none', (text) => {
    expect(addressOf(text)).toBeUndefined();
  });

  it.each([
    ['169.254.0.0/16', '169.254.255.255', true], ['169.254.0.0/16', '169.255.0.0', false], ['10.0.0.0/9', '10.127.0.1', true], ['10.0.0.0/9', '10.128.0.1', false], ['0.0.0.0/0', '8.8.8.8', true], ['0.0.0.0/0', '2001:db8::1', false],
    ['fe80::/10', 'febf::1', true], ['fe80::/10', 'fec0::1', false], ['1.2.3.4', '1.2.3.4', true], ['1.2.3.4', '1.2.3.5', false],
  ] as const)('of the range %s: %s (%s)', (range, address, within) => {
    expect(isWithin(addressOf(address) ?? [], rangeOf(range) ?? { address: [], bits: -1 })).toBe(within);
  });

  it.each(['1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/8/8', '/8'])('%s is no range', (text) => {
    expect(rangeOf(text)).toBeUndefined();
  });
});

it('the database is kept from drivers wherever it listens', async () => {
  expect(await databasePorts('postgresql://me:secret@127.0.0.1:5433/mcmp')).toEqual([{ port: 5433 }]);
  expect(await databasePorts('postgresql://me@[::1]/mcmp')).toEqual([{ port: 5432 }]);
  expect(await databasePorts('postgresql://me@192.0.2.7:6000/mcmp')).toEqual([{ port: 6000, address: '192.0.2.7' }]);
  expect(await databasePorts('postgresql:///mcmp?host=/run/postgresql')).toEqual([]);
});

it('an administrator opens addresses by name, and learns which are none', () => {
  expect(readConfig({ MCMP_DRIVERS_MAY_REACH: ' 169.254.169.254, fd00:ec2::/32,' }).driversMayReach).toEqual(['169.254.169.254', 'fd00:ec2::/32']);
  for (const wrong of ['metadata', '1.2.3.4/33', 'fe80::1%eth0', '1.2.3.4/8/8']) expect(() => readConfig({ MCMP_DRIVERS_MAY_REACH: wrong })).toThrow(/MCMP_DRIVERS_MAY_REACH: must be addresses or ranges/);
});

describe('the rules of the fence', () => {
  it('hold for a process that runs already, and open what they name', async () => {
    const { host, drop, session, stop } = rig({ fence: { own: [], open: ['169.254.7.0/24'] } });
    drop('actor');
    await host.start();
    await eventually(() => host.find('actor'));
    expect(await play(session(), 'http://127.0.0.1:9009/')).toEqual(['ECONNREFUSED']);
    host.keepFrom(9009);
    expect(await play(session(), 'http://127.0.0.1:9009/')).toEqual(['EACCES']);
    expect(await play(session(), 'http://169.254.8.1/')).toEqual(['EACCES']);
    expect(await play(session(), 'http://169.254.7.1/')).not.toEqual(['EACCES']);
    await stop();
  });
});
