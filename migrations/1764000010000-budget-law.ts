import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EXCHANGE as EXCHANGE_BEFORE, RATE as RATE_BEFORE } from './1764000007000-api-budget.js';

const FUNCTIONS = 'DROP FUNCTION connector.budget_exchange(text, jsonb), connector.budget_rate(double precision, double precision, double precision, double precision, double precision)';

/** Finds a limit that nobody published together with all servers from the first call on. What was known of buckets is forgotten: it is found again within a minute. */
export class BudgetLaw1764000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${FUNCTIONS}; TRUNCATE connector.budget; ALTER TABLE connector.budget DROP COLUMN calls, ADD COLUMN given double precision NOT NULL, ADD COLUMN filled boolean NOT NULL, ADD COLUMN era integer NOT NULL`);
    await runner.query(RATE);
    await runner.query(EXCHANGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`${FUNCTIONS}; TRUNCATE connector.budget; ALTER TABLE connector.budget DROP COLUMN given, DROP COLUMN filled, DROP COLUMN era, ADD COLUMN calls double precision`);
    await runner.query(RATE_BEFORE);
    await runner.query(EXCHANGE_BEFORE);
  }
}

/** The same as `rateOf` of `src/connector/budget/control.ts`: the rate in force, calls a second. */
const RATE = `
  CREATE FUNCTION connector.budget_rate(published double precision, burst double precision, ceiling double precision, plateau double precision, grown double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN published IS NULL AND ceiling IS NULL THEN least(10000, 5 * power(2, least(grown, 1000) / 2))
    ELSE least(coalesce(published, 10000) * CASE WHEN burst < 2 THEN 0.95 ELSE 1 END, ceiling * (1 + 0.03 * power(grown / plateau - 1, 3))) END`;

/** The same as `settle` of `src/connector/budget/control.ts`, where each step is explained. Buckets are taken in one order, so that no two servers wait for each other. */
export const EXCHANGE = `
  CREATE FUNCTION connector.budget_exchange(asking text, asks jsonb)
  RETURNS TABLE ("position" integer, exploring boolean, era integer, urgent integer, ordinary integer, spare integer, level double precision, rate double precision, burst double precision, pause_ms double precision, servers integer)
  LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  DECLARE
    ask record;
    bucket connector.budget;
    moment timestamptz;
    in_force double precision;
    full_at double precision;
    elapsed double precision;
    refilled double precision;
    age double precision;
    mean double precision;
    borne double precision;
    taken double precision;
    back double precision;
    kept double precision;
    again boolean;
    steady boolean;
    given_urgent integer;
    given_ordinary integer;
    given_spare integer;
    alive integer;
  BEGIN
    INSERT INTO connector.budget_server AS server (name, seen_at) VALUES (asking, clock_timestamp())
      ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at WHERE server.seen_at < excluded.seen_at - interval '3 seconds';
    SELECT count(*) INTO alive FROM connector.budget_server WHERE seen_at > clock_timestamp() - interval '10 seconds';
    FOR ask IN
      SELECT * FROM jsonb_to_recordset(asks) AS a ("position" integer, account text, region text, api_class text, published double precision, burst double precision, era integer, urgent integer, ordinary integer, spare integer, urgent_ahead integer, ordinary_ahead integer, back double precision, refused boolean, retry_after_ms double precision)
      ORDER BY a.account, a.region, a.api_class
    LOOP
      SELECT * INTO bucket FROM connector.budget b WHERE b.account = ask.account AND b.region = ask.region AND b.api_class = ask.api_class FOR UPDATE;
      IF NOT FOUND THEN
        moment := clock_timestamp();
        INSERT INTO connector.budget (account, region, api_class, published, burst, tokens, refilled_at, paused_until, pause_ms, ceiling, lowered_at, plateau, grown, given, filled, era)
          VALUES (ask.account, ask.region, ask.api_class, ask.published, coalesce(ask.burst, 2), coalesce(ask.burst, 2), moment, 'epoch', 1000, NULL, moment, 2, 0, 0, true, 0) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT bucket FROM connector.budget b WHERE b.account = ask.account AND b.region = ask.region AND b.api_class = ask.api_class FOR UPDATE;
      END IF;
      moment := greatest(clock_timestamp(), bucket.refilled_at);
      age := extract(epoch FROM moment - bucket.lowered_at);
      IF ask.published IS NOT NULL THEN
        bucket.published := ask.published;
        bucket.burst := ask.burst;
        IF bucket.ceiling IS NOT NULL AND age > 600 THEN
          bucket.ceiling := NULL;
          bucket.grown := 0;
        END IF;
      END IF;
      in_force := connector.budget_rate(bucket.published, bucket.burst, bucket.ceiling, bucket.plateau, bucket.grown);
      full_at := bucket.burst - least(bucket.burst - 1, bucket.burst * 0.2, greatest(in_force * 0.1, bucket.burst * 0.05));
      elapsed := greatest(0, extract(epoch FROM moment - greatest(bucket.refilled_at, least(moment, bucket.paused_until))));
      refilled := bucket.tokens + elapsed * in_force;
      IF refilled >= full_at THEN
        bucket.filled := true;
      ELSE
        bucket.grown := bucket.grown + elapsed;
      END IF;
      back := CASE WHEN ask.era = bucket.era THEN ask.back ELSE least(0, ask.back) END;
      bucket.tokens := least(full_at, greatest(-bucket.burst - 60 * in_force, refilled + back));
      bucket.given := bucket.given - back;
      bucket.refilled_at := moment;
      IF ask.refused AND ask.era = bucket.era THEN
        taken := greatest(0, bucket.given - greatest(0, ceil(-bucket.tokens)) - 1);
        again := bucket.ceiling IS NOT NULL AND taken = 0;
        bucket.pause_ms := CASE WHEN again THEN least(60000, bucket.pause_ms * 2) ELSE 1000 END;
        bucket.paused_until := moment + greatest(1000, coalesce(ask.retry_after_ms, bucket.pause_ms)) * interval '1 millisecond';
        IF again THEN
          NULL;
        ELSIF bucket.published IS NULL AND bucket.ceiling IS NOT NULL AND bucket.filled AND bucket.burst > 1 THEN
          bucket.burst := greatest(1, bucket.burst / 2);
        ELSE
          age := greatest(0.001, age);
          mean := least(in_force, taken / age);
          steady := coalesce(in_force <= bucket.ceiling * 0.97 * 1.2, false);
          borne := CASE WHEN bucket.ceiling IS NULL THEN in_force * CASE WHEN bucket.published IS NULL THEN 0.6 ELSE 0.9 END
            WHEN bucket.filled THEN greatest(mean, in_force * 0.7) WHEN steady THEN greatest(mean, in_force * 0.1) ELSE sqrt(greatest(mean, in_force / 16) * in_force) END;
          borne := greatest(coalesce(bucket.published / 16, 0.02), borne);
          bucket.plateau := greatest(2, 10 / borne, CASE WHEN bucket.ceiling IS NULL OR bucket.filled THEN 0 ELSE least(greatest(30, 250 / in_force), CASE WHEN steady THEN 4 * age ELSE age END) END);
          bucket.ceiling := borne;
          IF bucket.published IS NULL THEN
            bucket.burst := greatest(1, least(10, borne / 2));
          END IF;
        END IF;
        bucket.tokens := 0;
        bucket.grown := 0;
        bucket.lowered_at := moment;
        bucket.given := 0;
        bucket.filled := false;
        bucket.era := bucket.era + 1;
      END IF;
      kept := CASE WHEN full_at >= 4 THEN greatest(1, floor(full_at * 0.1)) ELSE 0 END;
      given_urgent := least(ask.urgent, greatest(0, floor(bucket.tokens)) + ask.urgent_ahead);
      given_ordinary := least(ask.ordinary, greatest(0, floor(bucket.tokens - given_urgent - kept)) + ask.ordinary_ahead);
      given_spare := least(ask.spare, greatest(0, floor(bucket.tokens - given_urgent - given_ordinary - full_at / 2)));
      UPDATE connector.budget b SET
          published = bucket.published, burst = bucket.burst, tokens = bucket.tokens - given_urgent - given_ordinary - given_spare, refilled_at = bucket.refilled_at, paused_until = bucket.paused_until,
          pause_ms = bucket.pause_ms, ceiling = bucket.ceiling, lowered_at = bucket.lowered_at, plateau = bucket.plateau, grown = bucket.grown,
          given = bucket.given + given_urgent + given_ordinary + given_spare, filled = bucket.filled, era = bucket.era
        WHERE b.account = ask.account AND b.region = ask.region AND b.api_class = ask.api_class;
      RETURN QUERY SELECT ask."position", bucket.published IS NULL AND bucket.ceiling IS NULL, bucket.era, given_urgent, given_ordinary, given_spare, bucket.tokens, connector.budget_rate(bucket.published, bucket.burst, bucket.ceiling, bucket.plateau, bucket.grown), bucket.burst,
        greatest(0, extract(epoch FROM bucket.paused_until - moment)::double precision) * 1000, alive;
    END LOOP;
  END $$`;
