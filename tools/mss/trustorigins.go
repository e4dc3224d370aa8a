package main

// origin is what package mss does not record of a known certificate.
type origin struct {
	notBefore, notAfter string // days, UTC
	address             string // of the CA itself; "" where trust fetch does not get it
}

// origins are the known certificates' by fingerprint. Swisscom's CA publishes its roots at these addresses; SK's addresses are
// not recorded. The
// intermediates come with every signature. Where SwissSign publishes the root of the server's certificate is not recorded
// here: most systems' collections have it, and trust check tells whether a file is it.
var origins = map[string]origin{
	"62dd0be9b9f50a163ea0f8e75c053b1eca57ea55c8688f647c6881f2c8357b95": {"2006-10-25", "2036-10-25", ""},
	"f09b122c7114f4a09bd4ea4f4a99d558b46e4c25cd81140d29c05613914c3841": {"2011-06-24", "2031-06-25", "https://aia.swissdigicert.ch/sdcs-root2.crt"},
	"e4e92b4b7330e434c84dd1d5120e68b842b4729f29e72dfe664238612c1835b2": {"2018-11-29", "2038-11-24", "https://aia.swissdigicert.ch/sdcs-root4.crt"},
	"8f06f4afedd35e23f6665cf4ccf49e3705e0d8214812997a65c7195b234b4450": {"2014-09-22", "2024-09-22", ""},
	"e78f6eab60cfc553aee63021d976fce91cc0591d9d30c82905596a3e43e1477e": {"2019-01-31", "2029-01-28", ""},
	"8740698fa393e60179e94a18795ea7dba3d081fdc15479a78fc561b42da2c70d": {"2010-10-07", "2030-12-17", ""},
	"7ef532d928f552651a05c70cb362c37f8e34f20dd263f0f38e3c6360f4625643": {"2011-03-07", "2023-09-07", ""},
	"2a44120f27cbfe8dca1b062456e62e35aae0e22c77ca344fca2666c46c0ab684": {"2015-12-18", "2030-12-17", ""},
	"4f7e0bfdbbf45e2d06a971f903b3c017fdcb53138ec5d46e26c81b973dceeade": {"2016-08-30", "2030-12-17", ""},
	"994477a5a63d1087bbcfa0d6721c401c8e1a778987503b0e202777b3c3cb1ff6": {"2021-07-20", "2036-07-20", ""},
}
