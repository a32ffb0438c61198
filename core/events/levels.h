// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// PCs of one office may run programs of different age: what only the newer ones can read is not
/// written before all of them are new enough. Each release that brings such facts is one level
/// more; the office's own (FeatureLevelRaised) follows the oldest program of its PCs.
namespace peerdesk::events {

/// The highest level of which this program can read all facts.
int featureLevel();
/// From which level of the office on this version of a fact may be written; 1 = always.
int levelOf(int type, int version);

} // namespace peerdesk::events
