using System.Diagnostics.CodeAnalysis;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Auth;

/// <summary>What became of a ticket: an identity, or the reason why not.</summary>
internal readonly record struct TicketRedemption
{
    /// <summary>Redeemed: it opens nothing any more.</summary>
    public TicketRedemption(Identity identity) => Identity = identity;

    /// <summary>Not redeemed.</summary>
    public TicketRedemption(TicketFailure failure) => Failure = failure;

    /// <summary>Whose it was, edge and connection not yet named; null if it was not redeemed.</summary>
    public Identity? Identity { get; }

    /// <summary>Why it was not redeemed.</summary>
    public TicketFailure Failure { get; }

    /// <summary>Whether it was redeemed.</summary>
    [MemberNotNullWhen(true, nameof(Identity))]
    public bool Succeeded => Identity is not null;
}
