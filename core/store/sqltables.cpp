// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/sqltables.h"

namespace peerdesk::store {

Result<Digest> computeDigest(Database &db)
{
    Digest digest;
    for (const char *table : ReplicatedTables) {
        // The name is one of ours.
        const auto rows =
            db.run(u"SELECT id, body FROM %1 ORDER BY id"_s.arg(QLatin1String(table)));
        if (!rows)
            return rows.error();
        while ((*rows)->next()) {
            digest.add(
                rowHash(table, (*rows)->value(0).toByteArray(), (*rows)->value(1).toByteArray()));
        }
        const SqliteError error = (*rows)->lastError(); // what cannot be read looks like the end
        (*rows)->finish();
        if (error.isValid())
            return storageError(error, u"reading "_s + QLatin1String(table));
    }
    return digest;
}

} // namespace peerdesk::store
