-- The serial numbers that accounts are bound to: one for each account in each scope.
-- The collation makes keys equal only where their octets are, whatever the database's own is.
CREATE TABLE IF NOT EXISTS mss_serials (
	scope     TEXT COLLATE "C" NOT NULL CHECK (length(scope)   BETWEEN 1 AND 128),
	account   TEXT COLLATE "C" NOT NULL CHECK (length(account) BETWEEN 1 AND 255),
	serial    TEXT COLLATE "C" NOT NULL CHECK (length(serial)  BETWEEN 1 AND 128),
	stored_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
	PRIMARY KEY (account, scope)
)
