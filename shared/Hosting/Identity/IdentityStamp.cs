using System.Diagnostics.CodeAnalysis;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The signed, short-lived identity that the edge stamps on what it forwards (header <see cref="Header"/>); a worker accepts
/// nothing else.
/// </summary>
public sealed class IdentityStamp(IdentityStampOptions options, TimeProvider clock)
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "Realtime-Identity";

    /// <summary>Signs an identity, valid from now for the option's lifetime (30 s).</summary>
    public string Sign(Identity identity) => throw new NotImplementedException();

    /// <summary>Verifies a stamp; false if the signature, form or time is wrong.</summary>
    public bool TryVerify(string? stamp, [NotNullWhen(true)] out Identity? identity) =>
        throw new NotImplementedException($"{options}{clock}");
}
