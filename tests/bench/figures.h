// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cstdio>
#include <vector>

/// What every bench says: medians and tails of what it measured, as JSON on standard output.
namespace peerdesk::bench {

/// The value below which this share of them lies; `values` must not be empty.
inline double quantile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    return values[size_t(double(values.size() - 1) * share)];
}

inline double median(const std::vector<double> &values)
{
    return quantile(values, 0.5);
}

inline void print(const QJsonObject &figures)
{
    std::printf("%s\n", QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

} // namespace peerdesk::bench
