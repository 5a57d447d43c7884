-- What a federation of a million members has waiting, wrote down and sent, beside what the seed makes.
INSERT INTO officer_acts (operation, person_id, role, cooperative_id, act, about, channel, at)
SELECT 'bench:' || n, r.person_id, r.role, r.cooperative_id, 'call back taken', 'call_back:' || n, 'web',
now() - (1000000 - n) * interval '20 seconds' FROM generate_series(1, 1000000) n JOIN roles r ON r.id = 1 + mod(n, 30000);

INSERT INTO sms_inbox (provider, provider_id, sender, recipient, text, received_at, state, cooperative_id)
SELECT 'at', 'bench' || n, '+22177' || lpad(n::text, 7, '0'), '1', 'Quand est la pesee ? ' || n, now() - n * interval '1 minute',
'unparsed', CASE WHEN mod(n, 10) > 0 THEN 1 + n / 10 END FROM generate_series(1, 20000) n;

INSERT INTO call_backs (phone, person_id, cooperative_id, topic, at)
SELECT '+22177' || lpad(n::text, 7, '0'), n, CASE WHEN mod(n, 10) > 0 THEN 1 + mod(n, 10000) END, 'Aide', now() - n * interval '1 minute'
FROM generate_series(1, 20000) n;

INSERT INTO approvals (kind, cooperative_id, subject, subject_id, details, words, amount, asked_by, asked_at, expires_at, needed,
roles, state, told, operation) SELECT 'levy', 1 + mod(n, 10000), 'bench', n, '{}', 'Cotisation', 2000, 1, now(),
now() + interval '1 day', 2, 'president', 'waiting', 'nothing', 'bench:' || n FROM generate_series(1, 20000) n;

INSERT INTO contests (cooperative_id, member_id, number, subject, payout_id, reference, state, level, opened_at, channel,
investigate_by, answer_by) SELECT p.cooperative_id, p.member_id, 'b' || p.id, 'payout', p.id, '123456', 'open', 0, now(), 'ussd',
current_date, current_date FROM payouts p WHERE p.id <= 20000;

INSERT INTO sms_messages (cause, to_number, person_id, cooperative_id, purpose, lane, language, text, alphabet, parts, price,
state, rank, attempts, next_at, expires_at, created_at, changed_at) SELECT 'bench:' || m.id, '+22177' || lpad(m.id::text, 7, '0'),
m.person_id, m.cooperative_id, 'notice', 'notice', 'fr', 'Bonjour', 'GSM-7', 1, 20, 'delivered', 9, 1, now(), now(), now(), now()
FROM members m WHERE m.id <= 1000000;

INSERT INTO figure_months (month, revision, begun_at, published_at)
SELECT (month - n * interval '1 month')::date, 1, now(), now() FROM figure_months, generate_series(1, 11) n WHERE reason IS NULL;

INSERT INTO figure_rows (month_id, code, name, commune, filiere, cells) SELECT other.id, r.code, r.name, r.commune, r.filiere,
r.cells FROM figure_rows r, figure_months other WHERE r.code = 'all' AND other.id <> r.month_id;
