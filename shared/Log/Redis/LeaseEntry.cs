using System.Globalization;
using Realtime.Protocol;

namespace Realtime.Log.Redis;

/// <summary>A lease as <c>leases.lua</c> keeps it.</summary>
/// <param name="Member"><c>&lt;tenant&gt;/&lt;a or t&gt;/&lt;agent or task&gt;</c>.</param>
/// <param name="Held"><c>&lt;holder&gt;/&lt;its life&gt;/&lt;term in ms&gt;/&lt;agent, of a task&gt;</c>.</param>
internal readonly record struct LeaseEntry(string Member, string Held)
{
    /// <summary>Whether a task is leased, and not an agent: names have no <c>/</c>.</summary>
    public bool IsTask => Member.Contains("/t/", StringComparison.Ordinal);

    public static LeaseEntry Of(Lease lease) => new(
        MemberOf(lease.Key),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{lease.Holder.Producer}/{lease.Holder.Epoch}/{(long)lease.Term.TotalMilliseconds}/{lease.Agent}"));

    public static string MemberOf(LeaseKey lease) => $"{lease.Tenant}/{NameOf(lease)}";

    /// <summary>What it is called among those of its tenant.</summary>
    public static string NameOf(LeaseKey lease) => (lease.Kind == LeaseKind.Task ? "t/" : "a/") + lease.Name;

    /// <summary>Reads <see cref="MemberOf"/>.</summary>
    public static LeaseKey KeyOf(string member)
    {
        string[] parts = member.Split('/');
        return new LeaseKey(parts[0], parts[1] == "t" ? LeaseKind.Task : LeaseKind.Agent, parts[2]);
    }

    public Lease ToLease()
    {
        string[] held = Held.Split('/');
        return new Lease(
            KeyOf(Member),
            new ProducerClaim(held[0], Number(held[1])),
            TimeSpan.FromMilliseconds(Number(held[2])),
            held[3].Length > 0 ? held[3] : null);
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
