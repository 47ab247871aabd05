namespace Realtime.Edge.Tls;

/// <summary>What clients' certificates are to the public listener.</summary>
internal enum ClientCertificateMode
{
    /// <summary>Not asked for.</summary>
    Off,

    /// <summary>Asked for; who shows one must have it of an accepted authority.</summary>
    Accepted,

    /// <summary>The same, and producers are refused without one.</summary>
    RequiredForProducers,
}
