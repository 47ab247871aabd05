namespace Realtime.Log.Revocations;

/// <summary>What of a tenant is revoked.</summary>
public enum RevocationKind
{
    /// <summary>All of it.</summary>
    Tenant,

    /// <summary>One subject.</summary>
    Subject,

    /// <summary>One token, by its id.</summary>
    Token,
}
