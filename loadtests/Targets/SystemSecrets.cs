using System.Security.Cryptography;

namespace Realtime.Loadtests.Targets;

/// <summary>Keys of one started system, and the limits that a load from one machine would meet: told to its processes
/// by environment variables, never on a command line.</summary>
internal sealed class SystemSecrets
{
    /// <summary>Makes them.</summary>
    public SystemSecrets()
    {
        Environment = SystemLimits.Environment();
        Environment[SystemLimits.EnvironmentNameOf("connection_plane:auth:signing_key")] = SigningKey;
        Environment[SystemLimits.EnvironmentNameOf("connection_plane:internal_keys:0")] = StampKey;
        Environment[SystemLimits.EnvironmentNameOf("connection_plane:edge:admin_token")] = NewSecret();
    }

    /// <summary>What the processes are told.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>Signs tokens.</summary>
    public string SigningKey { get; } = NewSecret();

    /// <summary>Signs what an edge tells a worker.</summary>
    public string StampKey { get; } = NewSecret();

    private static string NewSecret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
