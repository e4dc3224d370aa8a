// Package devicedb tries hermod.SQLRegistry on databases. The library is tested without their drivers and does not depend on
// them.
package devicedb
