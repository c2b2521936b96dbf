// Loaded before the realtime server: names that end in .localhost are this machine (RFC 6761). Browsers know that;
// many systems' resolvers, and so Node, do not, and the realtime server must reach the site under its own name.
const dns = require("dns");

const ask = dns.lookup;

dns.lookup = function (name, options, callback) {
	if (typeof name === "string" && name.endsWith(".localhost")) name = "127.0.0.1";
	return ask.call(dns, name, options, callback);
};
