-- A filled database of the former version (tables at 0005): invented people by their role, each state of everything.
-- Values alone: the tables are made by the migrations. Instants are UTC. Read by tests/fixtures_former.py.

INSERT INTO "accounts" ("id", "mail", "name", "password", "subject", "active", "created") VALUES
  ('account-admin', 'responsable@example.org', 'La responsable', 'not a hash', NULL, TRUE, '2026-11-01 09:00:00.000000'),
  ('account-agent', 'agent@example.org', 'L''agente du CCAS', 'not a hash', NULL, TRUE, '2026-11-01 09:00:00.000000'),
  ('account-partner', 'plateforme@example.org', 'La plateforme', '', 'subject-1', TRUE, '2026-11-01 09:00:00.000000'),
  ('account-closed', 'parti@example.org', 'L''agent parti', 'not a hash', NULL, FALSE, '2026-11-01 09:00:00.000000');

INSERT INTO "attempts" ("number", "key", "at") VALUES
  (1, 'd80c9bf910f144738ef983724bc04bd6bd3f17c5c83ed57bedee1b1b9278e811', '2026-11-28 09:00:00.000000');

INSERT INTO "jobs" ("id", "kind", "state", "stage", "share", "request", "result", "error", "curve", "worker", "created", "beat") VALUES
  ('job-waiting', 'study', 'waiting', '', 0.0, '{"days": ["2026-12-01"]}', '', NULL, '[]', 'w', '2026-11-27 09:00:00.000000', '2026-11-27 09:00:00.000000'),
  ('job-running', 'study', 'running', 'solve', 0.5, '{"days": ["2026-12-01"]}', '', NULL, '[[1.0, 5.0, 3.0]]', 'w', '2026-11-27 09:00:00.000000', '2026-11-27 09:00:00.000000'),
  ('job-done', 'study', 'done', '', 1.0, '{"days": ["2026-12-01"]}', '{}', NULL, '[]', 'w', '2026-11-27 09:00:00.000000', '2026-11-27 09:00:00.000000'),
  ('job-failed', 'study', 'failed', '', 0.0, '{"days": ["2026-12-01"]}', '', '{"code": "no-plan", "field": ""}', '[]', 'w', '2026-11-27 09:00:00.000000', '2026-11-27 09:00:00.000000'),
  ('job-cancelled', 'batch', 'cancelled', '', 0.0, '{"days": ["2026-12-01"]}', '', NULL, '[]', 'w', '2026-11-27 09:00:00.000000', '2026-11-27 09:00:00.000000');

INSERT INTO "journal" ("number", "at", "who", "act", "about", "detail") VALUES
  (1, '2026-11-24 10:00:00.000000', 'online', 'person-added', 'rider-all', ''),
  (2, '2026-11-24 10:01:00.000000', 'account-agent', 'request-added', 'request-proposed', ''),
  (3, '2026-11-24 10:02:00.000000', 'account-agent', 'contact-seen', 'match-confirmed', 'call'),
  (4, '2026-11-24 10:03:00.000000', 'rider-all', 'answer', 'match-confirmed', 'yes'),
  (5, '2026-11-24 10:04:00.000000', 'erased', 'answer', '', ''),
  (6, '2026-11-24 10:05:00.000000', 'desk', 'person-erased', '', '');

INSERT INTO "nicknames" ("folded", "name", "place", "added_by", "created") VALUES
  ('le grand pre', 'Le Grand Pré', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', 'account-agent', '2026-11-02 09:00:00.000000'),
  ('l hopital', 'L''hôpital', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', '', '2026-11-03 09:00:00.000000');

INSERT INTO "partner_bookings" ("id", "operator", "request", "document", "status", "created") VALUES
  ('00000000-0000-4000-8000-000000000001', 'plateforme.example', 'request-partner', '{"id": 1, "passenger": {"alias": "Passager de la plateforme"}}', 'CONFIRMED', '2026-11-19 09:00:00.000000'),
  ('00000000-0000-4000-8000-000000000002', 'plateforme.example', 'request-series', '{"id": 2, "passenger": {"alias": "Passager de la plateforme"}}', 'CANCELLED', '2026-11-19 09:00:00.000000'),
  ('00000000-0000-4000-8000-000000000003', 'plateforme.example', 'request-waiting', '{"id": 3, "passenger": {"alias": "Passager de la plateforme"}}', 'WAITING_CONFIRMATION', '2026-11-19 09:00:00.000000');

INSERT INTO "persons" ("id", "kind", "alias", "commune", "consents", "example", "needs", "structure", "created", "seen") VALUES
  ('rider-all', 'rider', 'Passagère 1', '46042', '{"contact": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "messages": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "memory": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}}', FALSE, '["wheelchair", "no-internet"]', 'ccas-cahors', '2026-11-01 09:00:00.000000', '2026-11-11 16:45:30.000000'),
  ('rider-household', 'rider', 'Passager 2', '46042', '{"messages": {"at": "2026-11-03T15:30:00+01:00", "by": "telephone"}}', FALSE, '[]', 'ccas-cahors', '2026-11-02 09:00:00.000000', '2026-11-12 16:45:30.000000'),
  ('rider-none', 'rider', 'Passager 3', '46091', '{}', FALSE, '[]', '', '2026-11-03 09:00:00.000000', '2026-11-13 16:45:30.000000'),
  ('rider-memory', 'rider', 'Élève n° 4', '46224', '{"memory": {"at": "2026-11-03T15:30:00+01:00", "by": "account:desk"}}', FALSE, '["child-seat", "little-walking"]', 'france-services', '2026-11-04 09:00:00.000000', '2026-11-14 16:45:30.000000'),
  ('rider-double', 'rider', 'Passagère 1', '46042', '{"contact": {"at": "2026-11-03T15:30:00+01:00", "by": "import"}, "messages": {"at": "2026-11-03T15:30:00+01:00", "by": "import"}}', FALSE, '[]', 'france-services', '2026-11-05 09:00:00.000000', '2026-11-15 16:45:30.000000'),
  ('rider-example', 'rider', 'Passager d''exemple', '46042', '{"contact": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "messages": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "memory": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}}', TRUE, '["door-help"]', '', '2026-11-06 09:00:00.000000', '2026-11-16 16:45:30.000000'),
  ('rider-quiet', 'rider', 'Passager 7', '', '{}', FALSE, '[]', 'ccas-cahors', '2026-11-07 09:00:00.000000', '2026-11-17 16:45:30.000000'),
  ('driver-all', 'driver', 'Conductrice 1', '46224', '{"contact": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "messages": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "memory": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}}', FALSE, '[]', '', '2026-11-08 09:00:00.000000', '2026-11-18 16:45:30.000000'),
  ('driver-messages', 'driver', 'Conducteur 2', '46042', '{"messages": {"at": "2026-11-03T15:30:00+01:00", "by": "telephone"}}', FALSE, '[]', '', '2026-11-09 09:00:00.000000', '2026-11-19 16:45:30.000000'),
  ('driver-none', 'driver', 'Conducteur 3', '46091', '{}', FALSE, '[]', '', '2026-11-10 09:00:00.000000', '2026-11-20 16:45:30.000000'),
  ('driver-example', 'driver', 'Conducteur d''exemple', '46091', '{"contact": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "messages": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}, "memory": {"at": "2026-11-02T10:00:00+01:00", "by": "online"}}', TRUE, '[]', '', '2026-11-11 09:00:00.000000', '2026-11-21 16:45:30.000000');

INSERT INTO "publications" ("number", "territory", "name", "author", "plan", "study", "at", "until") VALUES
  (1, 'cahors', 'Automne', 'account-agent', '{}', '', '2026-11-01 09:00:00.000000', '2026-11-10 09:00:00.000000'),
  (2, 'cahors', 'Hiver', 'account-admin', '{}', '{}', '2026-11-10 09:00:00.000000', NULL);

INSERT INTO "scenarios" ("id", "name", "territory", "author", "form", "plan", "created", "changed") VALUES
  ('scenario-draft', 'Un bus le mardi', 'cahors', 'account-agent', '{"days": [2]}', '', '2026-11-08 09:00:00.000000', '2026-11-09 09:00:00.000000'),
  ('scenario-found', 'Deux bus', 'cahors', '', '{"days": [2, 4]}', '{}', '2026-11-08 09:00:00.000000', '2026-11-09 09:00:00.000000');

INSERT INTO "unmet" ("id", "request", "day", "origin", "destination", "purpose", "people", "reason", "change", "created", "structure") VALUES
  ('unmet-known', 'request-unmet', '2026-12-02', '46042', '46042', 'family', 1, 'no-driver', '{"kind": "later", "minutes": 20.0}', '2026-11-21 09:00:00.000000', 'france-services'),
  ('unmet-forgotten', '0123456789abcdef', '2025-12-02', '46042', '46042', 'family', 3, 'no-seat', '{}', '2026-11-21 09:00:00.000000', 'unknown'),
  ('unmet-anonymous', 'anonymous-1', '2026-12-02', '', '', 'other', 1, 'no-driver', '{}', '2026-11-21 09:00:00.000000', '');

INSERT INTO "account_links" ("digest", "account", "expires") VALUES
  ('b1b1bdb480c61d075300d9bff7d9cb69cf31695ea048e478facadf426e8d0fb0', 'account-agent', '2026-12-01 09:00:00.000000');

INSERT INTO "calls" ("id", "outside", "kind", "telephone", "person", "text", "state", "due", "agent", "structure", "created") VALUES
  ('call-open', 'provider-1', 'call', '0536490001', 'rider-all', '', 'open', NULL, '', 'ccas-cahors', '2026-11-26 09:00:00.000000'),
  ('call-done', NULL, 'callback', '0639980003', 'rider-none', 'Pour le marché', 'done', '2026-11-27 15:00:00.000000', 'account-agent', 'ccas-cahors', '2026-11-26 09:00:00.000000'),
  ('call-stranger', 'provider-2', 'sms', '0639980099', NULL, 'oui mais plus tard', 'open', NULL, '', '', '2026-11-26 09:00:00.000000'),
  ('call-late', NULL, 'callback', '0639980098', NULL, '', 'open', '2026-11-27 09:00:00.000000', '', '', '2026-11-26 09:00:00.000000');

INSERT INTO "contacts" ("person", "name", "telephone", "mail", "address") VALUES
  ('rider-all', 'La passagère du bourg', '0536490001', 'passagere1@example.org', '1, place de l''Église
46000 Cahors'),
  ('rider-household', 'Le mari de la passagère', '0536490001', '', ''),
  ('rider-none', '', '0639980003', '', ''),
  ('rider-memory', 'L''élève d''à côté', '+34600000004', 'eleve@', 'Rue du "Pont"'),
  ('rider-double', 'La passagère du bourg', '0639980001', 'passagere1@example.org', ''),
  ('rider-example', 'Passager d''exemple', '0639980006', '', ''),
  ('rider-quiet', '', '', '', ''),
  ('driver-all', 'La conductrice de la mairie', '0639980011', 'conductrice@example.org', '2, chemin du Lot'),
  ('driver-messages', 'Le conducteur 2', '0639980012', '', ''),
  ('driver-none', '', '', 'conducteur3@example.org', ''),
  ('driver-example', 'Conducteur d''exemple', '0639980014', '', '');

INSERT INTO "grants" ("account", "role", "structure", "territory") VALUES
  ('account-admin', 'administrator', '', ''),
  ('account-agent', 'agent', 'ccas-cahors', 'cahors'),
  ('account-agent', 'planner', '', 'cahors'),
  ('account-partner', 'agent', 'france-services', '');

INSERT INTO "offers" ("id", "driver", "kind", "origin", "destination", "opens", "closes", "weekdays", "day", "seats", "abilities", "reach", "detour", "flexible", "first", "last", "active", "created") VALUES
  ('offer-volunteer', 'driver-all', 'volunteer', '{"id": "46224", "name": "Pradines", "lon": 1.4016, "lat": 44.4817}', '{"id": "46224", "name": "Pradines", "lon": 1.4016, "lat": 44.4817}', 28800, 64800, '12345', NULL, 3, '["wheelchair", "door-help"]', 120000.5, 900.0, 900.0, NULL, NULL, TRUE, '2026-11-05 09:00:00.000000'),
  ('offer-season', 'driver-all', 'regular', '{"id": "46224", "name": "Pradines", "lon": 1.4016, "lat": 44.4817}', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', 27000, 27000, '135', NULL, 2, '[]', 80000.0, 900.0, 900.0, '2026-09-01', '2027-06-30', TRUE, '2026-11-05 09:00:00.000000'),
  ('offer-once', 'driver-messages', 'once', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', 50400, 50400, '', '2026-12-03', 8, '[]', 80000.0, 900.0, 1800.0, NULL, NULL, TRUE, '2026-11-05 09:00:00.000000'),
  ('offer-withdrawn', 'driver-none', 'volunteer', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', 50400, 68400, '7', NULL, 3, '[]', 80000.0, 900.0, 900.0, NULL, NULL, FALSE, '2026-11-05 09:00:00.000000'),
  ('offer-example', 'driver-example', 'regular', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', 30600, 30600, '2', NULL, 3, '[]', 80000.0, 900.0, 900.0, NULL, NULL, TRUE, '2026-11-05 09:00:00.000000');

INSERT INTO "outbox" ("id", "person", "match", "purpose", "facts", "state", "tries", "due", "created", "trouble", "structure") VALUES
  ('message-queued', 'rider-all', '', 'way', '{"text": "Le bus part à 9 h 05, place d''armes."}', 'queued', 0, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', 'ccas-cahors'),
  ('message-sent', 'driver-all', '', 'way', '{"text": "Départ à 8 h."}', 'sent', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-shown', 'driver-none', '', 'partner', '{"sender": "Une plateforme", "partner": "account-partner", "text": "À demain ?"}', 'shown', 0, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-failed', 'rider-memory', '', 'way', '{"text": "Bonjour"}', 'failed', 5, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', 'bad-address', 'france-services'),
  ('message-written', 'rider-all', 'match-proposed', 'proposal', '{"written": ["Votre trajet", "Répondez ici : /t/…"], "secret": "gardé"}', 'sent', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-old', 'rider-household', 'match-confirmed', 'reminder', '{"written": ["Demain", "Rendez-vous à 9 h."]}', 'queued', 0, '2026-11-30 17:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-proposal', 'driver-messages', 'match-proposed', 'proposal', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}, "secret": "gardé-2", "drives": true}', 'queued', 0, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-confirmed', 'rider-household', 'match-confirmed', 'confirmed', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}}', 'sent', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-numbers', 'driver-all', 'match-confirmed', 'confirmed', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}, "others": ["rider-household"]}', 'queued', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-cancelled', 'driver-all', 'match-cancelled', 'cancelled', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}, "searching": false}', 'shown', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-over', 'rider-double', 'match-expired', 'over', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}, "searching": true}', 'failed', 0, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', 'overtaken', ''),
  ('message-reminder', 'driver-all', 'match-confirmed', 'reminder', '{"ride": {"day": "2026-12-01", "origin": "Cahors", "destination": "Centre hospitalier de Cahors", "people": 1, "wishes": ["wheelchair"], "rides": [["out", 34200, 35100, 6543.25]]}}', 'queued', 0, '2026-11-30 17:00:00.000000', '2026-11-22 09:00:00.000000', '', ''),
  ('message-reply', 'rider-all', '', 'reply', '{}', 'sent', 1, '2026-11-22 09:00:00.000000', '2026-11-22 09:00:00.000000', '', '');

INSERT INTO "requests" ("id", "rider", "day", "origin", "destination", "arrive_by", "depart_after", "back_after", "companions", "needs", "purpose", "criterion", "proof", "agent", "series", "structure", "state", "created") VALUES
  ('request-waiting', 'rider-none', '2026-12-01', '{"id": "46091", "name": "Escamps", "lon": 1.6044, "lat": 44.3884}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, NULL, 2, '[]', 'food', '', '', '', '', '', 'waiting', '2026-11-20 09:00:00.000000'),
  ('request-proposed', 'rider-all', '2026-12-01', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, 43200, 0, '["wheelchair"]', 'health', '', '', 'account-agent', '', 'ccas-cahors', 'proposed', '2026-11-20 09:00:00.000000'),
  ('request-confirmed', 'rider-household', '2026-12-01', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', NULL, 32400, NULL, 0, '[]', 'administration', 'no-car', 'Attestation du 3 mai, vue', 'account-agent', '', 'ccas-cahors', 'confirmed', '2026-11-20 09:00:00.000000'),
  ('request-done', 'rider-memory', '2026-11-20', '{"id": "46224", "name": "Pradines", "lon": 1.4016, "lat": 44.4817}', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', 36000, NULL, NULL, 0, '["child-seat"]', 'work', '', '', '', 'series-1', 'france-services', 'done', '2026-11-20 09:00:00.000000'),
  ('request-series', 'rider-memory', '2026-12-04', '{"id": "46224", "name": "Pradines", "lon": 1.4016, "lat": 44.4817}', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', 36000, NULL, NULL, 0, '[]', 'work', '', '', '', 'series-1', 'france-services', 'cancelled', '2026-11-20 09:00:00.000000'),
  ('request-unmet', 'rider-double', '2026-12-02', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, NULL, 0, '[]', 'family', '', '', '', '', 'france-services', 'unmet', '2026-11-20 09:00:00.000000'),
  ('request-refused', 'rider-all', '2026-12-03', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, NULL, 0, '[]', 'other', '', '', '', '', 'ccas-cahors', 'waiting', '2026-11-20 09:00:00.000000'),
  ('request-partner', 'rider-quiet', '2026-12-05', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, NULL, 0, '[]', 'other', '', '', '', '', 'ccas-cahors', 'confirmed', '2026-11-20 09:00:00.000000'),
  ('request-example', 'rider-example', '2026-11-18', '{"id": "46042", "name": "Cahors", "lon": 1.4411, "lat": 44.4475}', '{"id": "hospital", "name": "Centre hospitalier de Cahors", "lon": 1.4419, "lat": 44.4452}', 36000, NULL, NULL, 0, '[]', 'other', '', '', '', '', '', 'expired', '2026-11-20 09:00:00.000000');

INSERT INTO "sessions" ("digest", "account", "created", "seen", "identity") VALUES
  ('3f3af1ecebbd1410ab417ec0d27bbfcb5d340e177ae159b59fc8626c2dfd9175', 'account-agent', '2026-11-28 09:00:00.000000', '2026-11-28 11:00:00.000000', ''),
  ('3f5512074c1e1f9872deb7f58c95c52be7a44b6bbe46dfc45ac2107f27a85a90', 'account-partner', '2026-11-28 09:00:00.000000', '2026-11-28 11:00:00.000000', 'token');

INSERT INTO "driver_days" ("offer", "day", "version") VALUES
  ('offer-volunteer', '2026-12-01', 3),
  ('offer-season', '2026-12-01', 0),
  ('offer-once', '2026-12-03', 1);

INSERT INTO "matches" ("id", "request", "day", "state", "created", "expires", "rider_answer", "participation", "reason", "reminded", "live") VALUES
  ('match-proposed', 'request-proposed', '2026-12-01', 'proposed', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', '', 2.4, '', FALSE, 1),
  ('match-confirmed', 'request-confirmed', '2026-12-01', 'confirmed', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', 'yes', 0.0, '', TRUE, 1),
  ('match-partner', 'request-partner', '2026-12-05', 'confirmed', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', 'yes', 0.0, '', FALSE, 1),
  ('match-done', 'request-done', '2026-11-20', 'done', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', 'yes', 1.1, '', TRUE, NULL),
  ('match-cancelled', 'request-series', '2026-12-04', 'cancelled', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', 'yes', 0.0, 'la personne n''y va plus', FALSE, NULL),
  ('match-refused', 'request-refused', '2026-12-03', 'refused', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', 'yes', 0.0, 'pas ce jour-là', FALSE, NULL),
  ('match-expired', 'request-unmet', '2026-12-02', 'expired', '2026-11-21 09:00:00.000000', '2026-11-23 09:00:00.000000', '', 0.0, '', FALSE, NULL);

INSERT INTO "refusals" ("request", "driver") VALUES
  ('request-refused', 'driver-messages'),
  ('request-unmet', 'driver-none');

INSERT INTO "links" ("digest", "match", "person", "expires") VALUES
  ('5b6c5e019d0ca317aa0711c7db84731abd34d6019f6a9ef07ae74d424b9d634b', 'match-proposed', 'rider-all', '2026-12-03 00:00:00.000000'),
  ('b4def8217cadae26d4da633fd2a4e58e326cbb5d570afdc3989484da07af3579', 'match-proposed', 'driver-messages', '2026-12-03 00:00:00.000000');

INSERT INTO "matched_rides" ("match", "half", "offer", "driver", "pickup", "dropoff", "metres", "share", "answer") VALUES
  ('match-proposed', 'out', 'offer-volunteer', 'driver-all', 34200, 35100, 6543.25, 9000.5, 'yes'),
  ('match-proposed', 'back', 'offer-once', 'driver-messages', 34200, 35100, 6543.25, 9000.5, ''),
  ('match-confirmed', 'out', 'offer-volunteer', 'driver-all', 34200, 35100, 6543.25, 9000.5, 'yes'),
  ('match-partner', 'out', 'offer-season', 'driver-all', 34200, 35100, 6543.25, 9000.5, 'yes'),
  ('match-done', 'out', 'offer-season', 'driver-all', 34200, 35100, 6543.25, 9000.5, 'yes'),
  ('match-cancelled', 'out', 'offer-season', 'driver-all', 34200, 35100, 6543.25, 9000.5, 'yes'),
  ('match-refused', 'out', 'offer-once', 'driver-messages', 34200, 35100, 6543.25, 9000.5, 'no'),
  ('match-expired', 'out', 'offer-volunteer', 'driver-all', 34200, 35100, 6543.25, 9000.5, '');
