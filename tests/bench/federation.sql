-- Copies the first co-operative of the seed, of 200 members, {count} times: members, numbers, roles, and two entries of each in the books.
-- Ids of a copy are the first one's and so many more; who is n-th of copy k is member {step} * k + n, and the number says the same.
SET session_replication_role = replica;  -- triggers would look each row up: a copy is right as the first one is
SET work_mem = '256MB';
CREATE TEMP TABLE copies AS SELECT k::bigint FROM generate_series(1, {count}) AS k;
CREATE TEMP TABLE entries AS SELECT * FROM journal_entries WHERE kind = 'shares' OR kind = 'delivery' AND operation IN (
    SELECT min(operation) FROM journal_entries WHERE kind = 'delivery' GROUP BY member_id);
CREATE TEMP TABLE moves AS SELECT * FROM postings WHERE entry_id IN (SELECT id FROM entries);
CREATE TEMP TABLE sums AS SELECT id, kind, member_id,  -- only members' accounts keep a balance
    CASE WHEN member_id IS NULL THEN 0 ELSE coalesce((SELECT sum(amount) FROM moves WHERE account_id = accounts.id), 0) END AS balance
    FROM accounts;
INSERT INTO cooperatives (id, code, name, commune_id, filiere_id, legal_form, created_at, solidarity_percent, instalment_percent,
        price_threshold_percent, payment_threshold, papers_printed)
    SELECT k + 1, 'CPS' || (k + 1), 'CPS Mbour ' || (k + 1), 1 + k % (SELECT count(*) FROM communes), 1 + k % (SELECT count(*) FROM filieres),
        legal_form, created_at, solidarity_percent, instalment_percent, price_threshold_percent, payment_threshold, papers_printed
    FROM copies, cooperatives WHERE id = 1;
INSERT INTO cooperative_products SELECT k + 1, slot, product_id, active FROM copies, cooperative_products;
INSERT INTO people (id, name, language, pin_hash, pin_pepper, pin_tries, pin_rounds, pin_locked_for_good, pin_set_at)
    SELECT {step} * k + id, 'Membre ' || ({step} * k + id), language, pin_hash, pin_pepper, 0, 0, false, pin_set_at
    FROM copies, people WHERE id <= 200;
INSERT INTO name_keys SELECT 'membre ' || ({step} * k + id), {step} * k + id FROM copies, people WHERE id <= 200
    UNION ALL SELECT ({step} * k + id) || ' membre', {step} * k + id FROM copies, people WHERE id <= 200;
INSERT INTO numbers (id, phone, person_id, registered_at, trusted, proof_wanted)
    SELECT {step} * k + id, '+22177' || lpad(({step} * k + id)::text, 7, '0'), {step} * k + id, registered_at, trusted, proof_wanted
    FROM copies, numbers WHERE id <= 200;
INSERT INTO members (id, person_id, cooperative_id, card, state, joined_on, amounts_by_sms, alone)
    SELECT {step} * k + id, {step} * k + id, k + 1, 'C' || lpad(({step} * k + id)::text, 7, '0'), state, joined_on, amounts_by_sms, alone
    FROM copies, members WHERE id <= 200;
INSERT INTO roles (person_id, role, cooperative_id, from_on)
    SELECT {step} * k + person_id, role, k + 1, from_on FROM copies, roles WHERE cooperative_id = 1;
INSERT INTO consents (phone, person_id, purpose, given, at, channel, notice)
    SELECT '+22177' || lpad(({step} * k + person_id)::text, 7, '0'), {step} * k + person_id, purpose, given, at, channel, notice
    FROM copies, consents WHERE person_id <= 200 AND purpose = 'service';
INSERT INTO accounts (id, cooperative_id, member_id, kind, balance)
    SELECT 1000 * k + id, k + 1, {step} * k + member_id, kind, balance FROM copies, sums WHERE member_id IS NULL OR member_id <= 200;
INSERT INTO journal_entries (id, operation, kind, cooperative_id, member_id, at)
    SELECT 2000 * k + id, 'seed:' || (2000 * k + id), kind, k + 1, {step} * k + member_id, at
    FROM copies, entries WHERE member_id <= 200;
INSERT INTO postings (entry_id, account_id, amount)
    SELECT 2000 * k + entry_id, 1000 * k + account_id, amount FROM copies, moves
    WHERE entry_id IN (SELECT id FROM entries WHERE member_id <= 200);
INSERT INTO figure_months (month, revision, begun_at, published_at)
    SELECT (month - n * interval '1 month')::date, 1, begun_at, published_at FROM figure_months, generate_series(1, 11) AS n;
UPDATE offers SET quantity = 1000000000;
SET session_replication_role = origin;
