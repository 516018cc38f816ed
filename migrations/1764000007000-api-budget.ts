import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Buckets of API calls that all servers share, the one function that settles them, and who used how much. */
export class ApiBudget1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE connector.budget (
        account text NOT NULL,
        region text NOT NULL,
        api_class text NOT NULL,
        published double precision,
        burst double precision NOT NULL,
        tokens double precision NOT NULL,
        refilled_at timestamptz NOT NULL,
        paused_until timestamptz NOT NULL,
        pause_ms double precision NOT NULL,
        ceiling double precision,
        lowered_at timestamptz NOT NULL,
        plateau double precision NOT NULL,
        grown double precision NOT NULL,
        calls double precision,
        PRIMARY KEY (account, region, api_class)
      ) WITH (fillfactor = 50);
      CREATE TABLE connector.budget_server (
        name text PRIMARY KEY,
        seen_at timestamptz NOT NULL
      );
      CREATE TABLE connector.budget_use (
        account text NOT NULL,
        region text NOT NULL,
        api_class text NOT NULL,
        slot timestamptz NOT NULL,
        server text NOT NULL,
        workspace_id text NOT NULL,
        purpose text NOT NULL,
        calls integer NOT NULL,
        throttled integer NOT NULL,
        PRIMARY KEY (account, region, api_class, slot, server, workspace_id, purpose)
      );
      CREATE INDEX budget_use_slot ON connector.budget_use (slot);
      CREATE TABLE connector.budget_waiting (
        account text NOT NULL,
        region text NOT NULL,
        api_class text NOT NULL,
        server text NOT NULL,
        waiting integer[] NOT NULL,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (account, region, api_class, server)
      );
    `);
    await runner.query(RATE);
    await runner.query(EXCHANGE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION connector.budget_exchange(text, jsonb), connector.budget_rate(double precision, double precision, double precision, double precision, double precision);
      DROP TABLE connector.budget, connector.budget_server, connector.budget_use, connector.budget_waiting;
    `);
  }
}

/** The rate in force, calls a second; a later migration has the rule that `src/connector/budget/control.ts` explains. */
export const RATE = `
  CREATE FUNCTION connector.budget_rate(published double precision, burst double precision, ceiling double precision, plateau double precision, grown double precision) RETURNS double precision LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN ceiling IS NULL THEN published * CASE WHEN burst < 2 THEN 0.95 ELSE 1 END ELSE least(published * CASE WHEN burst < 2 THEN 0.95 ELSE 1 END, ceiling * (1 + 0.05 * power(grown / plateau - 1, 3))) END`;

/** Settles what one server asks. Buckets are taken in one order, so that no two servers wait for each other. */
export const EXCHANGE = `
  CREATE FUNCTION connector.budget_exchange(asking text, asks jsonb)
  RETURNS TABLE ("position" integer, known boolean, urgent integer, ordinary integer, spare integer, level double precision, rate double precision, burst double precision, pause_ms double precision, servers integer)
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
    kept double precision;
    again boolean;
    measured boolean;
    one_sign boolean;
    given_urgent integer;
    given_ordinary integer;
    given_spare integer;
    alive integer;
  BEGIN
    INSERT INTO connector.budget_server AS server (name, seen_at) VALUES (asking, clock_timestamp())
      ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at WHERE server.seen_at < excluded.seen_at - interval '3 seconds';
    SELECT count(*) INTO alive FROM connector.budget_server WHERE seen_at > clock_timestamp() - interval '10 seconds';
    FOR ask IN
      SELECT * FROM jsonb_to_recordset(asks) AS a ("position" integer, account text, region text, api_class text, published double precision, burst double precision, seed double precision, urgent integer, ordinary integer, spare integer, urgent_ahead integer, ordinary_ahead integer, back double precision, used double precision, refused boolean, retry_after_ms double precision)
      ORDER BY a.account, a.region, a.api_class
    LOOP
      SELECT * INTO bucket FROM connector.budget b WHERE b.account = ask.account AND b.region = ask.region AND b.api_class = ask.api_class FOR UPDATE;
      IF NOT FOUND THEN
        IF ask.published IS NULL AND ask.seed IS NULL THEN
          CONTINUE;
        END IF;
        moment := clock_timestamp();
        INSERT INTO connector.budget VALUES (
          ask.account, ask.region, ask.api_class, ask.published, coalesce(ask.burst, greatest(1, least(10, ask.seed))), coalesce(ask.burst, 0), moment, 'epoch', 1000,
          CASE WHEN ask.published IS NULL THEN ask.seed END, moment, 2, 0, CASE WHEN ask.published IS NULL THEN 0 END) ON CONFLICT DO NOTHING;
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
          bucket.calls := NULL;
        END IF;
      END IF;
      in_force := connector.budget_rate(bucket.published, bucket.burst, bucket.ceiling, bucket.plateau, bucket.grown);
      full_at := bucket.burst - least(bucket.burst - 1, bucket.burst * 0.2, greatest(in_force * 0.1, bucket.burst * 0.05));
      elapsed := greatest(0, extract(epoch FROM moment - greatest(bucket.refilled_at, least(moment, bucket.paused_until))));
      refilled := bucket.tokens + elapsed * in_force;
      IF refilled >= full_at THEN
        bucket.calls := NULL;
      ELSE
        bucket.grown := bucket.grown + elapsed;
      END IF;
      bucket.calls := bucket.calls + ask.used;
      bucket.tokens := least(full_at, greatest(-bucket.burst - 60 * in_force, refilled + ask.back));
      bucket.refilled_at := moment;
      IF ask.refused THEN
        again := bucket.ceiling IS NOT NULL AND bucket.calls IS NOT DISTINCT FROM 0;
        one_sign := bucket.ceiling IS NOT NULL AND age < 1;
        bucket.tokens := least(bucket.tokens, 1);
        IF NOT one_sign THEN
          bucket.pause_ms := CASE WHEN again THEN least(60000, bucket.pause_ms * 2) ELSE 1000 END;
        END IF;
        bucket.paused_until := greatest(bucket.paused_until, moment + coalesce(ask.retry_after_ms, bucket.pause_ms) * interval '1 millisecond');
        IF NOT one_sign THEN
          IF NOT again THEN
            measured := coalesce(bucket.calls >= 10, false) AND age >= 1;
            bucket.ceiling := greatest(
              coalesce(bucket.published / 16, 0.02),
              CASE WHEN measured THEN least(in_force, greatest(in_force * CASE WHEN bucket.ceiling IS NOT NULL AND bucket.plateau = 2 THEN 0.7 ELSE 0.5 END, bucket.calls / age))
                WHEN bucket.ceiling IS NOT NULL AND age < 30 THEN in_force * 0.7 ELSE in_force * 0.9 END);
            bucket.plateau := CASE WHEN measured THEN greatest(10, 80 / bucket.ceiling) ELSE 2 END;
            IF bucket.published IS NULL THEN
              bucket.burst := greatest(1, least(10, bucket.ceiling));
            END IF;
          END IF;
          bucket.grown := 0;
          bucket.lowered_at := moment;
          bucket.calls := 0;
        END IF;
      END IF;
      kept := CASE WHEN full_at >= 4 THEN greatest(1, floor(full_at * 0.1)) ELSE 0 END;
      given_urgent := least(ask.urgent, greatest(0, floor(bucket.tokens)) + ask.urgent_ahead);
      given_ordinary := least(ask.ordinary, greatest(0, floor(bucket.tokens - given_urgent - kept)) + ask.ordinary_ahead);
      given_spare := least(ask.spare, greatest(0, floor(bucket.tokens - given_urgent - given_ordinary - full_at / 2)));
      UPDATE connector.budget b SET
          published = bucket.published, burst = bucket.burst, tokens = bucket.tokens - given_urgent - given_ordinary - given_spare, refilled_at = bucket.refilled_at, paused_until = bucket.paused_until,
          pause_ms = bucket.pause_ms, ceiling = bucket.ceiling, lowered_at = bucket.lowered_at, plateau = bucket.plateau, grown = bucket.grown, calls = bucket.calls
        WHERE b.account = ask.account AND b.region = ask.region AND b.api_class = ask.api_class;
      RETURN QUERY SELECT ask."position", true, given_urgent, given_ordinary, given_spare, bucket.tokens, connector.budget_rate(bucket.published, bucket.burst, bucket.ceiling, bucket.plateau, bucket.grown), bucket.burst,
        greatest(0, extract(epoch FROM bucket.paused_until - moment)::double precision) * 1000, alive;
    END LOOP;
  END $$`;
