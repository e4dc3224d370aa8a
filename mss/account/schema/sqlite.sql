-- The serial numbers that accounts are bound to: one for each account in each scope.
CREATE TABLE IF NOT EXISTS mss_serials (
	scope     TEXT      NOT NULL CHECK (length(scope)   BETWEEN 1 AND 128),
	account   TEXT      NOT NULL CHECK (length(account) BETWEEN 1 AND 255),
	serial    TEXT      NOT NULL CHECK (length(serial)  BETWEEN 1 AND 128),
	stored_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
	PRIMARY KEY (account, scope)
)
