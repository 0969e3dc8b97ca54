import Features
import NeuralNetwork
import StructureControl

/// Narrower networks, kept warm for times of load: a network that was set aside knows nothing of what
/// the stream has become since, and one that is cut to size has to learn anew with what is left.
extension Learner {
    /// Reserves at a time; the newest ones are the largest.
    private static var reserveCapacity: Int { 2 }

    /// Keeps what was the lead before a growth; what is no smaller than the lead is of no use.
    mutating func keepReserve(_ earlier: Member) {
        dropReserves { $0.network.hidden == earlier.network.hidden }
        guard earlier.network.parameterCount < leadSize.parameterCount else { return }
        while control.reserves.count >= Self.reserveCapacity {
            retire(member: control.reserves.removeFirst())
        }
        var member = Member(
            copyOf: earlier, identifier: committee.takeIdentifier(), role: .twin)
        member.isAwake = false
        control.reserves.append(member.identifier)
        committee.others.append(member)
        wakeReserves()
    }

    /// Lets the reserves learn while there is room, and sleep while there is none or nothing speaks
    /// for a peak to come.
    mutating func wakeReserves() {
        let largest = leadSize.parameterCount
        // While the lead is one of them itself, the others wait for the wide network's return.
        if control.parked == nil { dropReserves { $0.network.parameterCount >= largest } }
        // One is enough, and the smallest is what is left when a peak is high. One that is hardly
        // smaller than the lead would cost more in the peak's first tick than it saves afterwards.
        var awake: Int?
        for identifier in control.reserves {
            guard let index = committee.index(of: identifier),
                3 * committee.others[index].network.parameterCount <= 2 * largest
            else { continue }
            let size = committee.others[index].network.parameterCount
            if size < awake.map({ committee.others[$0].network.parameterCount }) ?? .max {
                awake = index
            }
        }
        for identifier in control.reserves {
            guard let index = committee.index(of: identifier) else { continue }
            let member = committee.others[index]
            let isWanted =
                index == awake && control.trainShare >= 1
                && control.controller.keepsWarm(
                    more: member.isAwake ? 0 : member.network.parameterCount,
                    total: learningParameterCount)
            committee.others[index].isAwake = isWanted
        }
    }

    /// The reserve that answers best, of those that fit and answer better than what else there is.
    func takeReserve(
        atMost size: Int, below loss: Double, _ samples: ReferenceSamples
    ) -> Member? {
        var best: (member: Member, loss: Double)?
        for identifier in control.reserves {
            guard let index = committee.index(of: identifier) else { continue }
            let member = committee.others[index]
            guard member.network.parameterCount <= size, suits(member.network) else { continue }
            let own = member.network.meanLoss(samples)
            if own < best?.loss ?? loss { best = (member, own) }
        }
        return best?.member
    }

    private mutating func dropReserves(where isUseless: (Member) -> Bool) {
        for identifier in control.reserves {
            guard let index = committee.index(of: identifier),
                isUseless(committee.others[index])
            else { continue }
            retire(member: identifier)
        }
        control.reserves.removeAll { committee.index(of: $0) == nil }
    }

    /// Parameters of the reserves that learn.
    public var reserveParameterCount: Int {
        control.reserves.reduce(0) { sum, identifier in
            guard let index = committee.index(of: identifier), committee.others[index].isAwake
            else { return sum }
            return sum + committee.others[index].network.parameterCount
        }
    }
}
