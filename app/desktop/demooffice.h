// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/channelworkshop.h"
#include "app/desktop/officefounder.h"

#include <QTimer>

#include <set>

namespace peerdesk::desktop {

/// How fast the invented people are; tests make them faster.
struct DemoPace
{
    Milliseconds firstCustomer{1};
    Milliseconds nextCustomer{6'000};
    Milliseconds laterCustomer{60'000}; ///< after everybody has come once
    Milliseconds thinking{2'500};       ///< of customers and colleagues
    int mostCustomers = 60;             ///< then nobody comes any more
    Milliseconds patience{4'000};       ///< with the first customers; then the window comes
};

/// An office with invented people (M23): customers write over the web chat's WebSocket in several
/// languages, a colleague accepts and answers through the office's commands. No account, no
/// internet. The folder is the LocalOffice's and belongs to the caller. GUI thread.
class DemoOffice final : public QObject
{
    Q_OBJECT

public:
    DemoOffice(LocalOffice &office, DemoPace pace, QObject *parent = nullptr);

    /// Founds it, lets the colleague serve the first customers and answers with Linh, who sits at
    /// the window and is available.
    void start(Completion<api::Caller> done);
    /// Lets customers come. After start() and once the window is there.
    void letCustomersCome();
    /// Nobody writes any more; before the desk goes.
    void stop();
    int answered() const { return m_answered; }

Q_SIGNALS:
    /// A customer has an answer from a person.
    void customerAnswered(const QString &name);

private:
    void fail(const Error &error);
    template <typename T>
    Completion<T> then(std::function<void(const T &)> next);
    void addColleague(const QString &name, std::function<void()> next);
    void addChat();
    void readColleagues();
    void makeAvailable(const api::Caller &caller, std::function<void()> next);
    void serveEarlyCustomers();
    void endEarlyHours();
    void comeIn();
    void letOneIn();
    void listen(ui::Visitor &visitor, size_t person);
    Milliseconds pause() const;
    void after(Milliseconds time, std::function<void()> act);

    void onChanged(const api::Changes &changes);
    void takeOffer(const api::Offer &offer);
    void answerCustomer(const api::Offer &offer);
    void finish(TaskId task);
    void submit(const api::Command &command, std::function<void()> next = {});

    LocalOffice &m_office;
    DemoPace m_pace;
    std::unique_ptr<OfficeFounder> m_founder;
    std::unique_ptr<ChannelWorkshop> m_workshop;
    Completion<api::Caller> m_done;
    api::Caller m_colleague;
    AccountId m_chat;
    std::vector<std::unique_ptr<ui::Visitor>> m_visitors;
    std::set<ReservationId> m_taken;
    QTimer m_next;
    int m_come = 0;
    int m_served = 0;       ///< by the colleague, to the end
    bool m_isEarly = false; ///< before the window is there: everybody hurries
    int m_answered = 0;
};

} // namespace peerdesk::desktop
