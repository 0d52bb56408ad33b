namespace EdgeSimToReal.Core.Tests.Weights;

/// <summary>A training checkpoint as CPython's own pickler writes it, with stand-ins for torch's and NumPy's classes.</summary>
/// <remarks>
/// {cur_itrs: 70000, model_state: OrderedDict(a.weight [2, 3], a.t (its transpose, the same storage "0"), b (a parameter, half, storage
/// "1" at 1)), optimizer_state: {state: {0: {momentum_buffer: …}}, param_groups: […]}, best_score: numpy.float64(0.5), flag: True,
/// big: 2**40, neg: -5, none: None, t: (1, 2, 3, 4)}.
/// </remarks>
internal static class PythonPickles
{
    public const string Protocol2 =
        "gAJ9cQAoWAgAAABjdXJfaXRyc3EBSnARAQBYCwAAAG1vZGVsX3N0YXRlcQJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQMpUnEEKFgIAAAAYS53" +
        "ZWlnaHRxBWN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3YyCnEGKChYBwAAAHN0b3JhZ2VxB2N0b3JjaApGbG9hdFN0b3JhZ2UKcQhYAQAA" +
        "ADBxCVgDAAAAY3B1cQpLBnRxC1FLAEsCSwOGcQxLA0sBhnENiWgDKVJxDnRxD1JxEFgDAAAAYS50cRFoBigoaAdoCGgJaApLBnRxElFLAEsDSwKG" +
        "cRNLAUsDhnEUiWgDKVJxFXRxFlJxF1gBAAAAYnEYY3RvcmNoLl91dGlscwpfcmVidWlsZF9wYXJhbWV0ZXIKcRloBigoaAdjdG9yY2gKSGFsZlN0" +
        "b3JhZ2UKcRpYAQAAADFxG2gKSwJ0cRxRSwEpKYloAylScR10cR5ScR+IaAMpUnEgh3EhUnEidX1xI1gJAAAAX21ldGFkYXRhcSRoAylScSUoWAAA" +
        "AABxJn1xJ1gHAAAAdmVyc2lvbnEoSwFzWAEAAABhcSl9cSpoKEsCc3VzYlgPAAAAb3B0aW1pemVyX3N0YXRlcSt9cSwoWAUAAABzdGF0ZXEtfXEu" +
        "SwB9cS9YDwAAAG1vbWVudHVtX2J1ZmZlcnEwaAYoKGgHaAhoCWgKSwZ0cTFRSwBoDGgNiWgDKVJxMnRxM1JxNHNzWAwAAABwYXJhbV9ncm91cHNx" +
        "NV1xNn1xNyhYAgAAAGxycThHP4R64UeuFHtYBgAAAHBhcmFtc3E5XXE6KEsASwFldWF1WAoAAABiZXN0X3Njb3JlcTtjbnVtcHkuY29yZS5tdWx0" +
        "aWFycmF5CnNjYWxhcgpxPGNudW1weQpkdHlwZQpxPVgCAAAAZjhxPomIh3E/UnFAKEsDWAEAAAA8cUFOTk5K/////0r/////SwB0cUJiY19jb2Rl" +
        "Y3MKZW5jb2RlCnFDWAkAAAAAAAAAAADDoD9xRFgGAAAAbGF0aW4xcUWGcUZScUeGcUhScUlYBAAAAGZsYWdxSohYAwAAAGJpZ3FLigYAAAAAAAFY" +
        "AwAAAG5lZ3FMSvv///9YBAAAAG5vbmVxTU5YAQAAAHRxTihLAUsCSwNLBHRxT3Uu";

    public const string Protocol4 =
        "gASVuQIAAAAAAAB9lCiMCGN1cl9pdHJzlEpwEQEAjAttb2RlbF9zdGF0ZZSMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAhhLndl" +
        "aWdodJSMDHRvcmNoLl91dGlsc5SMEl9yZWJ1aWxkX3RlbnNvcl92MpSTlCgojAdzdG9yYWdllIwFdG9yY2iUjAxGbG9hdFN0b3JhZ2WUk5SMATCU" +
        "jANjcHWUSwZ0lFFLAEsCSwOGlEsDSwGGlIloBSlSlHSUUpSMA2EudJRoCigoaAtoDmgPaBBLBnSUUUsASwNLAoaUSwFLA4aUiWgFKVKUdJRSlIwB" +
        "YpRoCIwSX3JlYnVpbGRfcGFyYW1ldGVylJOUaAooKGgLaAyMC0hhbGZTdG9yYWdllJOUjAExlGgQSwJ0lFFLASkpiWgFKVKUdJRSlIhoBSlSlIeU" +
        "UpR1fZSMCV9tZXRhZGF0YZRoBSlSlCiMAJR9lIwHdmVyc2lvbpRLAXOMAWGUfZRoMEsCc3VzYowPb3B0aW1pemVyX3N0YXRllH2UKIwFc3RhdGWU" +
        "fZRLAH2UjA9tb21lbnR1bV9idWZmZXKUaAooKGgLaA5oD2gQSwZ0lFFLAGgSaBOJaAUpUpR0lFKUc3OMDHBhcmFtX2dyb3Vwc5RdlH2UKIwCbHKU" +
        "Rz+EeuFHrhR7jAZwYXJhbXOUXZQoSwBLAWV1YXWMCmJlc3Rfc2NvcmWUjBVudW1weS5jb3JlLm11bHRpYXJyYXmUjAZzY2FsYXKUk5SMBW51bXB5" +
        "lIwFZHR5cGWUk5SMAmY4lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGJDCAAAAAAAAOA/lIaUUpSMBGZsYWeUiIwDYmlnlIoGAAAAAAAB" +
        "jANuZWeUSvv///+MBG5vbmWUTowBdJQoSwFLAksDSwR0lHUu";
}
