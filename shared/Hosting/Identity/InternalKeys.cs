using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Hosting.Identity.Keys;

namespace Realtime.Hosting.Identity;

/// <summary>
/// The keys that edges and workers share, as they are now: the first signs, all are accepted. Those of a file are read
/// again when it changes, so that they rotate while everything runs.
/// </summary>
public sealed class InternalKeys
{
    private readonly SecretList _keys;

    /// <summary>Reads them, and the file again when it changes.</summary>
    public InternalKeys(IdentityStampOptions options, ConnectionPlaneOptions plane, WatchedFiles files) =>
        _keys = new SecretList(
            options.InternalKeys, options.InternalKeysFile, IdentityStampOptions.KeysMax,
            IdentityStampOptions.Section + ":internal_keys_file", plane.Development, files);

    /// <summary>Reads them once.</summary>
    internal InternalKeys(IdentityStampOptions options) => _keys = new SecretList(options.ReadKeys());

    /// <summary>The keys' bytes.</summary>
    internal byte[][] Current => _keys.Current;
}
