using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Identity;

/// <summary>What a role of the identity provider means here.</summary>
public sealed record RoleScope
{
    /// <summary>The role, as it stands in the token; exactly so.</summary>
    [ConfigurationKeyName("role"), Required, StringLength(256)]
    public string Role { get; init; } = "";

    /// <summary>
    /// What who has it may do, beside what the token's scope says: grants, separated by spaces, such as <c>read:*</c>.
    /// </summary>
    [ConfigurationKeyName("scope"), Required, StringLength(Grants.ScopeLengthMax)]
    public string Scope { get; init; } = "";
}
