// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace peerdesk::ui {

/// Row heights with prefix sums in O(log n): a Fenwick tree. Heights in pixels, never negative.
class HeightIndex
{
public:
    void assign(const std::vector<int> &heights)
    {
        m_heights = heights;
        m_tree.assign(heights.size() + 1, 0);
        for (size_t i = 0; i < heights.size(); ++i) {
            m_tree[i + 1] += heights[i];
            const size_t parent = (i + 1) + ((i + 1) & (~(i + 1) + 1));
            if (parent < m_tree.size())
                m_tree[parent] += m_tree[i + 1];
        }
    }
    int size() const { return int(m_heights.size()); }
    int at(int row) const { return m_heights[size_t(row)]; }
    const std::vector<int> &heights() const { return m_heights; }
    void set(int row, int height)
    {
        const int delta = height - m_heights[size_t(row)];
        m_heights[size_t(row)] = height;
        for (size_t i = size_t(row) + 1; i < m_tree.size(); i += i & (~i + 1))
            m_tree[i] += delta;
    }
    /// Sum of the heights of rows before `row`.
    int before(int row) const
    {
        int sum = 0;
        for (size_t i = size_t(row); i > 0; i -= i & (~i + 1))
            sum += m_tree[i];
        return sum;
    }
    int total() const { return before(size()); }
    /// The row that holds pixel `y`, clamped to the rows there are; -1 if there are none.
    int rowAt(int y) const
    {
        size_t position = 0;
        size_t step = 1;
        while (step * 2 < m_tree.size())
            step *= 2;
        int left = y;
        for (; step > 0; step /= 2) {
            if (position + step < m_tree.size() && m_tree[position + step] <= left) {
                position += step;
                left -= m_tree[position];
            }
        }
        return int(position) < size() ? int(position) : size() - 1;
    }

private:
    std::vector<int> m_heights;
    std::vector<int> m_tree; ///< 1-based
};

} // namespace peerdesk::ui
