// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/localoffice.h"
#include "core/node/joining.h"
#include "ui/onboarding/backstage.h"

namespace peerdesk::desktop {

/// Makes the folder of a LocalOffice one of an office that other PCs have. Afterwards the office is
/// opened as any other. GUI thread.
class OfficeEntrance final : public ui::Entrance
{
    Q_OBJECT

public:
    explicit OfficeEntrance(LocalOffice &office, QObject *parent = nullptr);

    const QStringList &words() const override { return m_words; }
    Result<Done> checkCode(const QString &code) const override;
    QString pcName() const override;
    void look() override;
    std::vector<ui::NearOffice> offices() const override { return m_near; }
    void join(const ui::JoinWish &wish, Completion<QString> done) override;
    void confirmWords() override;
    void stopAsking() override;

private:
    void onSighted(const cluster::Sighting &sighting);
    /// A sealed file of an attempt that failed would want that attempt's passphrase.
    void setAsideUnusedKeys();

    LocalOffice &m_office;
    const QStringList m_words;
    std::unique_ptr<cluster::Beacon> m_beacon;
    QTimer m_asking;
    QPointer<node::JoinOffice> m_join;
    std::vector<ui::NearOffice> m_near; ///< in the order in which they were heard
};

} // namespace peerdesk::desktop
