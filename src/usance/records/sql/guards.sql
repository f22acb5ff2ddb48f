-- Two guards that records attach to their tables: what is written once stays as written, and a
-- state changes only along the pairs of its machine.

CREATE OR REPLACE FUNCTION usance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: correct it with a new row', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

-- The pairs come as trigger arguments, 'from>to' each.
CREATE OR REPLACE FUNCTION usance_state_machine() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.state || '>' || NEW.state) = ANY (TG_ARGV) THEN
        RAISE EXCEPTION '% cannot go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
