-- The enrolments: a device of a user, its keys and their certificates.
-- keys is a JSON array of {"id", "mechanism", "chain": [Base64 of DER, the key's own certificate first]}.
CREATE TABLE IF NOT EXISTS hermod_devices (
	user_id     TEXT    NOT NULL CHECK (length(user_id)    BETWEEN 1 AND 128),
	profile_id  TEXT    NOT NULL CHECK (length(profile_id) BETWEEN 1 AND 64),
	box_id      TEXT    NOT NULL CHECK (length(box_id)     <= 64),
	attested    INTEGER NOT NULL CHECK (attested IN (0, 1)),
	enrolled_ms BIGINT  NOT NULL CHECK (enrolled_ms >= 0), -- since 1970-01-01T00:00:00Z
	keys        TEXT    NOT NULL CHECK (length(keys)       <= 524288),
	PRIMARY KEY (user_id, profile_id)
)
