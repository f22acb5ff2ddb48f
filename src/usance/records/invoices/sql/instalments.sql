-- An invoice in instalments: what is paid, credited or written off counts against the first of them.
-- `settled` is the sum of that, in minor units. The same rules are in rules/invoicing/instalments.py.

CREATE OR REPLACE FUNCTION invoices_instalments(schedule jsonb)
RETURNS TABLE (place integer, due_on date, amount bigint, before bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- `before` is what falls due earlier.
    SELECT p.place::integer, (p.part->>'due_on')::date, (p.part->>'amount')::bigint,
           (sum((p.part->>'amount')::bigint) OVER (ORDER BY p.place)
            - (p.part->>'amount')::bigint)::bigint
      FROM jsonb_array_elements(schedule) WITH ORDINALITY AS p(part, place)
$$;

-- The day of the first instalment that is not settled in full; of the last where all are.
CREATE OR REPLACE FUNCTION invoices_next_instalment(schedule jsonb, settled bigint)
RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(min(p.due_on) FILTER (WHERE p.before + p.amount > settled), max(p.due_on))
      FROM invoices_instalments(schedule) AS p
$$;

-- What should have been paid before the day `today` and is not.
CREATE OR REPLACE FUNCTION invoices_overdue_instalments(schedule jsonb, settled bigint, today date)
RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(sum(least(p.amount, p.before + p.amount - settled)), 0)::bigint
      FROM invoices_instalments(schedule) AS p
     WHERE p.due_on < today AND p.before + p.amount > settled
$$;

CREATE OR REPLACE FUNCTION invoices_keep_instalment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.instalment_due_on := invoices_next_instalment(
        NEW.schedule, NEW.credited + NEW.allocated + NEW.written_off);
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER keep_instalment BEFORE INSERT OR UPDATE ON invoices_invoice
    FOR EACH ROW WHEN (jsonb_array_length(NEW.schedule) > 1)
    EXECUTE FUNCTION invoices_keep_instalment();
